//! Who asks is told to the service, and to nobody else.

use axum::response::IntoResponse as _;
use serde_json::json;

use super::server::{Got, Server, config, json, pull, status};

const SECRET: &str = "s3cret&/token";

/// A file that holds the secret; its name as a job writes it.
fn secret() -> (tempfile::NamedTempFile, String) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), SECRET).expect("a secret");
    let name = format!("file:{}", file.path().display());
    (file, name)
}

/// Everything a pull tells, as text. Its pages are not among it: what a service puts into its own data is
/// kept as it came.
fn everything(got: &Got) -> String {
    let error = got
        .error
        .as_ref()
        .map(|error| (error.to_string(), error.hint(), format!("{error:?}")));
    format!("{:?}{:?}{:?}{error:?}", got.marks, got.notes, got.manifests)
}

#[tokio::test]
async fn each_way_of_saying_who_asks_is_understood() {
    let server = Server::start(|asked| {
        let told = match asked.header("authorization") {
            "" => asked.header("x-key").to_owned() + asked.get("key"),
            other => other.to_owned(),
        };
        match told.as_str() {
            "Bearer s3cret&/token" | "s3cret&/token" => json(json!({ "rows": [] })),
            // printf 'reader:s3cret&/token' | base64
            "Basic cmVhZGVyOnMzY3JldCYvdG9rZW4=" => json(json!({ "rows": [] })),
            _ => status(401, "who is there?"),
        }
    })
    .await;
    let (_file, secret) = secret();
    for auth in [
        format!("bearer: \"{secret}\""),
        format!("basic: {{ user: reader, password: \"{secret}\" }}"),
        format!("api_key: {{ header: X-Key, value: \"{secret}\" }}"),
        format!("api_key: {{ parameter: key, value: \"{secret}\" }}"),
    ] {
        let rest = format!("auth: {{ {auth} }}\npages: {{ link: true }}");
        let got = pull(&config(&server.address, &rest), None).await;
        assert!(got.error.is_none(), "{auth}: {:?}", got.error);
    }
    let got = pull(&config(&server.address, "pages: { link: true }"), None).await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    `HOST/rows` answers 401 Unauthorized: it does not know who asks, or does not let it in: who is there?
    check the secret that `auth` names, whether it has expired, and what it is allowed to read | user, again: Never
    ");
}

#[tokio::test]
async fn a_token_is_got_used_and_got_again_when_it_has_expired() {
    let server = Server::start(|asked| match asked.path.as_str() {
        // printf 'city:s3cret&/token' | base64
        "/token" if asked.header("authorization") == "Basic Y2l0eTpzM2NyZXQmL3Rva2Vu" => {
            assert_eq!(asked.body, "grant_type=client_credentials&scope=read");
            json(json!({ "access_token": format!("t{}", asked.before), "expires_in": 3600 }))
        }
        "/token" => status(401, "{\"error\":\"invalid_client\",\"error_description\":\"no s3cret&/token\"}"),
        // The first token is worth nothing after its first use.
        _ => match (asked.header("authorization"), asked.before) {
            ("Bearer t0", 1) | ("Bearer t3", _) => {
                json(json!({ "rows": [{ "id": asked.before }], "next": if asked.before == 1 { json!("x") } else { json!(null) } }))
            }
            _ => status(401, ""),
        },
    })
    .await;
    let (_file, secret) = secret();
    let oauth = |client: &str| {
        format!(
            "auth: {{ oauth: {{ token_url: \"{}/token\", client_id: {client}, client_secret: \"{secret}\", scope: read }} }}\npages: {{ cursor: next, parameter: after }}",
            server.address
        )
    };
    let got = pull(&config(&server.address, &oauth("city")), None).await;
    assert!(got.error.is_none(), "{:?}", got.error);
    assert_eq!(got.pages.len(), 2);
    let paths: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/token", "/rows", "/rows", "/token", "/rows"]);
    let got = pull(&config(&server.address, &oauth("town")), None).await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    `HOST/token` gives no token: it answers 401 Unauthorized invalid_client: no •••
    check `token_url`, `client_id` and the secret that `client_secret` names | user, again: Never
    ");
}

#[tokio::test]
async fn a_secret_is_nowhere_even_when_the_service_repeats_it() {
    let server = Server::start(|asked| match asked.number("page") {
        0 => json(json!({ "rows": [{ "id": 1 }], "next": format!("/rows?page=2&{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("key", SECRET).finish()) })),
        _ => status(500, "bad key s3cret&/token in ?key=s3cret%26%2Ftoken"),
    })
    .await;
    let (_file, secret) = secret();
    let rest = format!(
        "auth: {{ api_key: {{ parameter: key, value: \"{secret}\" }} }}\nlimits: {{ retries: 1 }}\npages: {{ next: next }}"
    );
    let config = config(&server.address, &rest);
    let got = pull(&config, None).await;
    assert_eq!(got.pages.len(), 1);
    assert_eq!(got.marks.len(), 1);
    assert_eq!(
        server.asked()[1].get("key"),
        SECRET,
        "the next page was asked for by who may"
    );
    let everything = format!("{}{config:?}", everything(&got));
    assert!(everything.contains("•••"), "{everything}");
    for form in [SECRET, "s3cret"] {
        assert!(!everything.contains(form), "{everything}");
    }
}

#[tokio::test]
async fn secrets_do_not_follow_to_another_host() {
    let other = Server::start(|asked| {
        assert_eq!(asked.header("authorization"), "");
        json(json!({ "rows": [{ "id": 1 }] }))
    })
    .await;
    let to = format!("{}/elsewhere", other.address);
    let named = to.clone();
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/rows" => axum::response::Redirect::temporary(&to).into_response(),
        _ => json(json!({ "rows": [{ "id": 2 }], "next": named })),
    })
    .await;
    let (_file, secret) = secret();
    let rest = format!("auth: {{ bearer: \"{secret}\" }}\n");
    // Led on to a store of files, as downloads are.
    let got = pull(&config(&server.address, &rest), None).await;
    assert_eq!(got.pages.len(), 1, "{:?}", got.error);
    // The next page of a service lies on another host.
    let mut service = config(&server.address, &format!("{rest}pages: {{ next: next }}"));
    service.url.value = format!("{}/list", server.address);
    let got = pull(&service, None).await;
    insta::assert_snapshot!(got.told(&server.address), @r"
    `HOST/list` leads to another host, `127.0.0.1`
    secrets are not sent to another host: write its address as `url` if it is the right one | user, again: Never
    ");
}
