//! Rows as JSON lines of the server's own text: `{"reading_id":"17","kwh":"12.50","note":null}`.
//!
//! Every value is a JSON text, exactly as the server writes it, or `null`: an empty text and a missing
//! value differ, and a number keeps every digit. Whoever reads NDJSON reads these pages.

use bytes::Bytes;

/// Writes rows of the same columns, page by page.
#[derive(Debug)]
pub(crate) struct RowWriter {
    /// `{"name":` of the first column and `,"name":` of the others.
    heads: Vec<Vec<u8>>,
    buffer: Vec<u8>,
    rows: u64,
}

impl RowWriter {
    pub(crate) fn new<'a>(columns: impl Iterator<Item = &'a str>) -> RowWriter {
        let heads = columns.enumerate().map(|(index, name)| {
            let mut head = vec![if index == 0 { b'{' } else { b',' }];
            write_text(&mut head, name);
            head.push(b':');
            head
        });
        RowWriter {
            heads: heads.collect(),
            buffer: Vec::new(),
            rows: 0,
        }
    }

    /// Adds a row: one value a column. Answers its line.
    pub(crate) fn push<'v>(&mut self, values: impl Iterator<Item = Option<&'v str>>) -> &[u8] {
        let begin = self.buffer.len();
        for (head, value) in self.heads.iter().zip(values) {
            self.buffer.extend_from_slice(head);
            match value {
                None => self.buffer.extend_from_slice(b"null"),
                Some(text) => write_text(&mut self.buffer, text),
            }
        }
        self.buffer.extend_from_slice(b"}\n");
        self.rows += 1;
        &self.buffer[begin..]
    }

    /// Takes the last row back, whose line has this length.
    pub(crate) fn take_back(&mut self, bytes: usize) {
        self.buffer.truncate(self.buffer.len() - bytes);
        self.rows -= 1;
    }

    /// Rows in the page that is being written.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Its bytes so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.buffer.len() as u64
    }

    /// Gives the page out and begins the next one.
    pub(crate) fn take(&mut self) -> Bytes {
        self.rows = 0;
        Bytes::from(std::mem::take(&mut self.buffer))
    }
}

fn write_text(into: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(into, text).expect("text has a JSON form, and memory takes it");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_and_missing_differ_and_every_letter_comes_back() {
        let mut writer = RowWriter::new(["a", "b\"c"].into_iter());
        writer.push([Some(""), None].into_iter());
        writer.push([Some("第一行\n\t\"x\"\\"), Some("0.10")].into_iter());
        assert_eq!(writer.rows(), 2);
        let page = writer.take();
        assert_eq!(
            std::str::from_utf8(&page).expect("UTF-8"),
            "{\"a\":\"\",\"b\\\"c\":null}\n{\"a\":\"第一行\\n\\t\\\"x\\\"\\\\\",\"b\\\"c\":\"0.10\"}\n"
        );
        assert_eq!((writer.rows(), writer.bytes()), (0, 0));
    }
}
