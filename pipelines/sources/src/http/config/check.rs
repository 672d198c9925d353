//! What the shape of an `http:` key does not show.

use contracts::yaml::At;
use url::Url;

use super::{Auth, Pages};
use crate::SecretRef;
use crate::fault::ConfigFault;
use crate::secret::HOW_TO_NAME;

/// Parameters and headers that people put secrets into.
const SECRET_NAMES: [&str; 14] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "token",
    "access_token",
    "auth_token",
    "api_key",
    "apikey",
    "api-key",
    "x-api-key",
    "x-auth-token",
    "password",
    "secret",
    "client_secret",
];

pub(super) fn check_url(url: &At<String>, faults: &mut Vec<ConfigFault>) {
    let parsed = Url::parse(url);
    let is_web = parsed
        .as_ref()
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Ok(parsed) = parsed.map_err(|_| ()).and_then(|url| match is_web {
        true => Ok(url),
        false => Err(()),
    }) else {
        // What is written may hold a password: it is not repeated.
        faults.push(ConfigFault::new(
            url.line,
            "`url` is no address of the web",
            "write `https://host/path`",
        ));
        return;
    };
    if parsed.password().is_some() || !parsed.username().is_empty() {
        faults.push(ConfigFault::new(
            url.line,
            "`url` holds a name or a password",
            "take it out and write `auth: { basic: { user: …, password: \"env:NAME\" } }`",
        ));
    }
    for (name, _) in parsed.query_pairs() {
        check_secret_name("parameter", &name, url.line, faults);
    }
}

pub(super) fn check_secret_name(what: &str, name: &str, line: u32, faults: &mut Vec<ConfigFault>) {
    if SECRET_NAMES.contains(&name.to_ascii_lowercase().as_str()) {
        faults.push(ConfigFault::new(
            line,
            format!("the {what} `{name}` would hold a secret"),
            format!("put it under `auth`: {HOW_TO_NAME}"),
        ));
    }
}

pub(super) fn check_auth(auth: &At<Auth>, faults: &mut Vec<ConfigFault>) {
    let ways = [
        auth.bearer.is_some(),
        auth.basic.is_some(),
        auth.api_key.is_some(),
        auth.oauth.is_some(),
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        faults.push(ConfigFault::new(
            auth.line,
            "`auth` must name one way",
            "write one of `bearer`, `basic`, `api_key`, `oauth`",
        ));
    }
    let secrets = [
        ("bearer", auth.bearer.as_ref()),
        ("password", auth.basic.as_ref().map(|basic| &basic.password)),
        ("value", auth.api_key.as_ref().map(|key| &key.value)),
        (
            "client_secret",
            auth.oauth.as_ref().map(|oauth| &oauth.client_secret),
        ),
    ];
    for (key, secret) in secrets {
        if secret == Some(&SecretRef::Neither) {
            faults.push(ConfigFault::new(
                auth.line,
                format!("`{key}` names no secret"),
                HOW_TO_NAME,
            ));
        }
    }
    if let Some(key) = &auth.api_key
        && key.header.is_some() == key.parameter.is_some()
    {
        faults.push(ConfigFault::new(
            auth.line,
            "`api_key` must be sent in one place",
            "write `header: X-Api-Key`, or `parameter: key`",
        ));
    }
    if let Some(oauth) = &auth.oauth {
        check_url(&oauth.token_url, faults);
    }
}

pub(super) fn check_pages(pages: &At<Pages>, faults: &mut Vec<ConfigFault>) {
    let mut fault = |message: &str, hint: &str| {
        faults.push(ConfigFault::new(pages.line, message, hint));
    };
    let ways = [
        pages.number.is_some(),
        pages.offset.is_some(),
        pages.cursor.is_some(),
        pages.next.is_some(),
        pages.link,
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        fault(
            "`pages` must name one way",
            "write one of `number: page`, `offset: offset`, `cursor: meta.next`, `next: links.next`, `link: true`",
        );
    }
    if pages.cursor.is_some() != pages.parameter.is_some() {
        fault(
            "`cursor` and `parameter` of `pages` belong together",
            "write `cursor: meta.next, parameter: after`: where the mark is, and as what it is sent",
        );
    }
    if pages.first.is_some() && pages.number.is_none() && pages.offset.is_none() {
        fault(
            "`first` of `pages` means nothing without `number` or `offset`",
            "remove it",
        );
    }
    if pages.size.is_some() != pages.size_parameter.is_some() {
        fault(
            "`size` and `size_parameter` of `pages` belong together",
            "write `size_parameter: limit, size: 500`",
        );
    }
    if pages.ends_with_404 && pages.number.is_none() {
        fault(
            "`ends_with_404` of `pages` means nothing without `number`",
            "remove it",
        );
    }
}
