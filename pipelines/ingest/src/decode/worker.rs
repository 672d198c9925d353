//! A thread that decodes ahead: for readers that borrow from what they read and so cannot be an iterator.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::DecodedBatch;
use super::error::DecodeError;

/// Batches that wait for the one who takes them.
const BATCHES_AHEAD: usize = 2;

/// What the thread says.
enum Message<H> {
    Head(H),
    Batch(DecodedBatch),
    /// The proper end, or why there is none; a thread that dies says nothing.
    End(Result<(), DecodeError>),
}

/// Where a worker puts what it has decoded.
pub(super) struct Outlet<H> {
    sender: SyncSender<Message<H>>,
}

impl<H> Outlet<H> {
    /// Says what the object's beginning told; once, before any batch.
    pub(super) fn head(&self, head: H) -> Flow {
        Flow::of(self.sender.send(Message::Head(head)).is_ok())
    }

    /// Gives out a batch.
    pub(super) fn batch(&self, batch: DecodedBatch) -> Flow {
        Flow::of(self.sender.send(Message::Batch(batch)).is_ok())
    }
}

/// Whether a worker should go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    GoOn,
    /// Nobody takes batches any more.
    Stop,
}

impl Flow {
    fn of(is_taken: bool) -> Flow {
        if is_taken { Flow::GoOn } else { Flow::Stop }
    }
}

/// Runs `work` on a thread and waits for its head.
pub(super) fn start<H: Send + 'static>(
    file: String,
    work: impl FnOnce(&Outlet<H>) -> Result<(), DecodeError> + Send + 'static,
) -> Result<
    (
        H,
        impl Iterator<Item = Result<DecodedBatch, DecodeError>> + Send,
    ),
    DecodeError,
> {
    let (sender, receiver) = sync_channel(BATCHES_AHEAD);
    let span = tracing::Span::current();
    std::thread::spawn(move || {
        let _entered = span.entered();
        let outlet = Outlet { sender };
        let end = work(&outlet);
        // When nobody listens any more, nobody wants to know.
        let _ = outlet.sender.send(Message::End(end));
    });
    match receiver.recv() {
        Ok(Message::Head(head)) => Ok((
            head,
            Ahead {
                file,
                receiver,
                is_over: false,
            },
        )),
        Ok(Message::End(Err(error))) => Err(error),
        Ok(Message::Batch(_) | Message::End(Ok(()))) | Err(_) => Err(DecodeError::Stopped { file }),
    }
}

/// The batches of a worker.
struct Ahead<H> {
    file: String,
    receiver: Receiver<Message<H>>,
    is_over: bool,
}

impl<H> Iterator for Ahead<H> {
    type Item = Result<DecodedBatch, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        match self.receiver.recv() {
            Ok(Message::Batch(batch)) => Some(Ok(batch)),
            Ok(Message::End(end)) => {
                self.is_over = true;
                end.err().map(Err)
            }
            Ok(Message::Head(_)) | Err(_) => {
                self.is_over = true;
                Some(Err(DecodeError::Stopped {
                    file: self.file.clone(),
                }))
            }
        }
    }
}
