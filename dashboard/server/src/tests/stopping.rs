//! The service is asked to stop while somebody waits for an answer.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::serve_router;

#[tokio::test]
async fn an_answer_under_way_is_finished_and_nobody_else_is_let_in() {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (asked, go) = (asked.clone(), go.clone());
        get(async move || {
            asked.notify_one();
            go.notified().await;
            "the whole answer"
        })
    };
    let router = crate::router::around(Router::new().route("/slow", slow));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async { drop(stopped.await) };
    let service = tokio::spawn(serve_router(router, listener, shutdown));

    let mut client = TcpStream::connect(address).await.expect("a connection");
    let request = "GET /slow HTTP/1.1\r\nhost: test\r\n\r\n";
    client.write_all(request.as_bytes()).await.expect("asked");
    asked.notified().await;
    stop.send(()).expect("the service waits for it");
    // The listener is closed before the answer is ready.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!service.is_finished());
    go.notify_one();

    let mut answer = String::new();
    client.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("the whole answer"), "{answer}");
    service.await.expect("no panic").expect("a clean end");
}
