//! What many routes have in common, as the description of the API says it: parameters, answers in
//! several formats, faults.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{Object, SchemaFormat, Type};
use utoipa::openapi::{Content, Ref, RefOr, Required};
use utoipa::{IntoParams, IntoResponses};

/// The parameter `as_of`.
pub(crate) struct AsOf;

/// The parameters `limit` and `offset`.
pub(crate) struct Paging;

/// Rows of a publication: `AnswerBody` in JSON, the rows alone in CSV and Arrow.
pub(crate) struct Rows;

/// Rows that no publication holds: as [`Rows`], without a publication.
pub(crate) struct NewestRows;

/// The reader has the answer.
pub(crate) struct Unchanged;

/// Why a run may not begin.
pub(crate) struct Refusals;

/// What may be wrong with any request.
pub(crate) struct Faults;

/// What may be wrong with a request for something published.
pub(crate) struct PublishedFaults;

impl IntoParams for AsOf {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let says = "the publication to read: its number, or a day (`2025-12-31`), which means the newest at its end in the city; the newest of all unless told";
        vec![asked("as_of", Type::String, says)]
    }
}

impl IntoParams for Paging {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            asked(
                "limit",
                Type::Integer,
                "rows at the most, 1 to 10000; 100 unless told",
            ),
            asked("offset", Type::Integer, "rows to pass over; 0 unless told"),
        ]
    }
}

impl IntoResponses for Rows {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        in_three_formats("AnswerBody")
    }
}

impl IntoResponses for NewestRows {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        in_three_formats("RowsBody")
    }
}

impl IntoResponses for Unchanged {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let says = "the reader has it: `If-None-Match` names the answer's `ETag`";
        let response = ResponseBuilder::new().description(says).build();
        BTreeMap::from([("304".to_owned(), response.into())])
    }
}

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            (
                "403",
                "the service was not started for operators, or the request does not come from its own pages",
            ),
            ("404", "there is no such job, or nothing of it waits"),
            ("409", "the job is running"),
        ])
    }
}

impl IntoResponses for Faults {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut faults = problems(&[
            (
                "400",
                "a parameter is not of its form; the hint says how to write it",
            ),
            (
                "405",
                "the address does not answer this method; `Allow` names those it answers",
            ),
            (
                "406",
                "the answer is not to be had in a format that `Accept` names",
            ),
            ("413", "the request has a body, and a large one"),
            (
                "500",
                "the service failed; the request's id finds the cause in its log",
            ),
        ]);
        let says = "any other fault, told in the same form";
        faults.extend(problems(&[("default", says)]));
        faults
    }
}

impl IntoResponses for PublishedFaults {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut faults = Faults::responses();
        faults.extend(problems(&[
            (
                "404",
                "something named in the address or its parameters does not exist",
            ),
            (
                "410",
                "the publication was retired: its rows are no longer kept",
            ),
            ("503", "nothing is published yet"),
            ("504", "the answer took too long"),
        ]));
        faults
    }
}

fn asked(name: &str, kind: Type, says: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(says))
        .schema(Some(Object::with_type(kind)))
        .build()
}

fn in_three_formats(body: &str) -> BTreeMap<String, RefOr<Response>> {
    let text = Object::with_type(Type::String);
    let mut bytes = text.clone();
    bytes.format = Some(SchemaFormat::Custom("binary".to_owned()));
    let tag = HeaderBuilder::new()
        .description(Some(
            "the answer's, for `If-None-Match`; another publication has another",
        ))
        .schema(Some(text.clone()));
    let response = ResponseBuilder::new()
        .description("the rows, in the format `Accept` likes best")
        .header("ETag", tag.build())
        .content(
            "application/json",
            Content::new(Some(Ref::from_schema_name(body))),
        )
        .content("text/csv", Content::new(Some(text)))
        .content(
            "application/vnd.apache.arrow.stream",
            Content::new(Some(bytes)),
        );
    BTreeMap::from([("200".to_owned(), response.build().into())])
        .into_iter()
        .chain(Unchanged::responses())
        .collect()
}

fn problems(faults: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let faults = faults.iter().map(|(status, says)| {
        let response = ResponseBuilder::new().description(*says).content(
            "application/problem+json",
            Content::new(Some(Ref::from_schema_name("Problem"))),
        );
        ((*status).to_owned(), response.build().into())
    });
    faults.collect()
}
