//! What the service measures of itself and of the lake, for Prometheus: `/metrics`.
//!
//! What happened (requests) is counted as it happens. How the lake stands is looked up when asked, so that
//! it is never older than the question, and a table that is gone leaves no series behind. Labels are
//! bounded: routes as they are declared, never the paths that were asked; tables, jobs and rules that have
//! a contract or ran.
//!
//! Not here on purpose: a listener of its own. Whoever may reach the service may read its measures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::with_local_recorder;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use operations::Status;

use crate::service::Service;

/// Bounds of the histogram of requests, in seconds: a 304 takes a millisecond, an explanation half a minute.
const SECONDS: [f64; 11] = [
    0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];

/// The text format of Prometheus.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What was counted since the service started.
#[derive(Clone)]
pub(crate) struct Measures(Arc<PrometheusRecorder>);

impl Measures {
    pub fn new() -> Measures {
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS);
        let recorder = builder.expect("there are bounds").build_recorder();
        with_local_recorder(&recorder, || {
            describe_counter!(
                "jieyue_http_requests_total",
                Unit::Count,
                "Requests answered, by route and status."
            );
            describe_histogram!(
                "jieyue_http_request_seconds",
                Unit::Seconds,
                "Seconds from a request to the head of its answer, by route."
            );
        });
        Measures(Arc::new(recorder))
    }

    fn note(&self, method: &Method, route: &str, status: u16, taken: Duration) {
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            _ => "other",
        };
        let (route, status) = (route.to_owned(), status.to_string());
        with_local_recorder(self.0.as_ref(), || {
            counter!("jieyue_http_requests_total", "method" => method, "route" => route.clone(), "status" => status).increment(1);
            histogram!("jieyue_http_request_seconds", "method" => method, "route" => route)
                .record(taken);
        });
    }
}

/// Counts a request once it is answered.
pub(crate) async fn measure(
    State(measures): State<Measures>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    // Pages and addresses that are none have no route of their own.
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("(page)", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let response = next.run(request).await;
    measures.note(&method, &route, response.status().as_u16(), begun.elapsed());
    response
}

/// Answers what was measured, and how the lake stands.
pub(crate) async fn show(State(service): State<Service>) -> Response {
    let status = service.status().await;
    if let Err(error) = &status {
        tracing::warn!(%error, "the lake's state is not among the measures: {error}");
    }
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        describe_gauge!(
            "jieyue_lake_is_readable",
            "Whether the lake's state could be read: 1 or 0."
        );
        gauge!("jieyue_lake_is_readable").set(u32::from(status.is_ok()));
        if let Ok(status) = &status {
            note_publication(status);
            note_tables(status);
            note_jobs(status);
        }
    });
    let text = service.measures.0.handle().render() + &recorder.handle().render();
    (
        [
            (header::CONTENT_TYPE, TEXT),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
        text,
    )
        .into_response()
}

fn note_publication(status: &Status) {
    describe_gauge!(
        "jieyue_publication_number",
        "Number of the newest publication; absent while there is none."
    );
    describe_gauge!(
        "jieyue_publication_age_seconds",
        Unit::Seconds,
        "Seconds since the newest publication was made."
    );
    if let Some(publication) = &status.publication {
        gauge!("jieyue_publication_number").set(publication.number as f64);
        gauge!("jieyue_publication_age_seconds").set(publication.age_seconds as f64);
    }
}

fn note_tables(status: &Status) {
    describe_gauge!(
        "jieyue_table_rows",
        Unit::Count,
        "Rows of a table in its newest version."
    );
    describe_gauge!(
        "jieyue_table_bytes",
        Unit::Bytes,
        "Bytes of a table's files in its newest version."
    );
    describe_gauge!(
        "jieyue_table_age_seconds",
        Unit::Seconds,
        "Seconds since the moment up to which a table's newest row speaks; absent without rows."
    );
    describe_gauge!(
        "jieyue_table_age_limit_seconds",
        Unit::Seconds,
        "Seconds that age may be by the table's contract."
    );
    describe_gauge!(
        "jieyue_quarantine_waiting",
        Unit::Count,
        "Broken rules that wait in quarantine, by table and rule."
    );
    for table in &status.tables {
        let name = table.table.to_string();
        if let Some(rows) = table.rows {
            gauge!("jieyue_table_rows", "table" => name.clone()).set(rows as f64);
            gauge!("jieyue_table_bytes", "table" => name.clone()).set(table.bytes as f64);
        }
        if let Some(freshness) = &table.freshness {
            gauge!("jieyue_table_age_limit_seconds", "table" => name.clone())
                .set(freshness.within_seconds as f64);
            if let Some(age) = freshness.age_seconds {
                gauge!("jieyue_table_age_seconds", "table" => name.clone()).set(age as f64);
            }
        }
        for count in &table.quarantine {
            // Several jobs may load one table.
            gauge!("jieyue_quarantine_waiting", "table" => name.clone(), "rule" => count.rule.clone()).increment(count.rows as f64);
        }
    }
}

fn note_jobs(status: &Status) {
    describe_gauge!(
        "jieyue_job_failures",
        Unit::Count,
        "Runs of a job that failed since its last one that went well."
    );
    describe_gauge!(
        "jieyue_job_last_run_timestamp_seconds",
        Unit::Seconds,
        "When a job's newest run began, seconds since 1970."
    );
    describe_gauge!(
        "jieyue_job_last_ok_timestamp_seconds",
        Unit::Seconds,
        "When a job's newest run that went well began, seconds since 1970."
    );
    describe_gauge!(
        "jieyue_job_last_run_balances",
        "Whether the ledger of a job's newest run balances: 1 or 0."
    );
    for job in &status.jobs {
        let name = job.job.clone();
        gauge!("jieyue_job_failures", "job" => name.clone()).set(job.failures);
        gauge!("jieyue_job_last_run_balances", "job" => name.clone())
            .set(u32::from(job.last_run.balances));
        gauge!("jieyue_job_last_run_timestamp_seconds", "job" => name.clone())
            .set(job.last_run.started_at.timestamp() as f64);
        if let Some(at) = job.last_ok_at {
            gauge!("jieyue_job_last_ok_timestamp_seconds", "job" => name)
                .set(at.timestamp() as f64);
        }
    }
}
