//! A stream of bytes in any encoding as a window of UTF-8 text.
//!
//! UTF-8 is checked and passed on where it lies; other encodings are decoded piece by piece. What is not
//! well formed becomes U+FFFD and, like every NUL, a [`Mark`] at its place, so that the record it lies in
//! can be refused. When a piece holds more such places than accidents explain, the encoding is wrong.

use std::collections::VecDeque;
use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

use crate::decode::encoding;
use crate::decode::error::DecodeError;
use crate::decode::input::read_failed;

/// Bytes read at once.
const PIECE_BYTES: usize = 256 << 10;

/// Bytes behind the text that may be read (never used) by a scan of eight bytes at a time.
pub(super) const PADDING: usize = 8;

/// U+FFFD in UTF-8.
const REPLACEMENT: [u8; 3] = [0xef, 0xbf, 0xbd];

/// Something in the text that no row may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blemish {
    Nul,
    /// A malformed sequence: its offset in the file, and its bytes.
    Malformed {
        byte: u64,
        bytes: [u8; 4],
        length: u8,
    },
}

/// A blemish and where in the text it lies, counted from the beginning of the text.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: u64,
    blemish: Blemish,
}

/// A window of UTF-8 text over a stream.
pub(super) struct Text {
    file: String,
    source: Box<dyn Read + Send>,
    encoding: &'static Encoding,
    /// Absent for UTF-8.
    decoder: Option<Decoder>,
    /// `window[..end]` is text; behind it at least [`PADDING`] bytes.
    window: Vec<u8>,
    end: usize,
    /// Offset in the text of `window[0]`.
    base: u64,
    /// Bytes of an unfinished character.
    pending: Vec<u8>,
    /// Bytes taken from the source.
    read: u64,
    is_over: bool,
    marks: VecDeque<Mark>,
    /// Line the window starts on, for messages.
    line: u64,
}

impl Text {
    /// Text of `source`, whose byte order mark of `mark_bytes` is left out.
    pub(super) fn new(
        file: String,
        mut source: Box<dyn Read + Send>,
        encoding: &'static Encoding,
        mark_bytes: usize,
    ) -> Result<Text, DecodeError> {
        let mut mark = [0; 4];
        source
            .read_exact(&mut mark[..mark_bytes])
            .map_err(|error| read_failed(&file, 0, error))?;
        Ok(Text {
            decoder: (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling()),
            window: vec![0; PADDING],
            end: 0,
            base: 0,
            pending: Vec::new(),
            read: mark_bytes as u64,
            is_over: false,
            marks: VecDeque::new(),
            line: 1,
            file,
            source,
            encoding,
        })
    }

    /// The text in the window, and padding.
    #[inline]
    pub(super) fn window(&self) -> &[u8] {
        &self.window
    }

    /// Where the text in the window ends.
    #[inline]
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Whether the window reaches to the end of the file; the last line then ends with a line feed.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether there is a blemish before `at` in the window.
    #[inline]
    pub(super) fn is_blemished_before(&self, at: usize) -> bool {
        self.marks
            .front()
            .is_some_and(|mark| mark.at < self.base + at as u64)
    }

    /// Takes the blemishes before `at` in the window off the list and gives the first.
    pub(super) fn take_blemishes_before(&mut self, at: usize) -> Option<Blemish> {
        let limit = self.base + at as u64;
        let first = self.marks.front().filter(|mark| mark.at < limit)?.blemish;
        while self.marks.front().is_some_and(|mark| mark.at < limit) {
            self.marks.pop_front();
        }
        Some(first)
    }

    /// Drops the window's first `consumed` bytes and adds at least one byte of text, or finds the end.
    /// `line` is the one on which the window then starts.
    pub(super) fn advance(&mut self, consumed: usize, line: i64) -> Result<(), DecodeError> {
        self.line = line.max(1) as u64;
        self.drop_front(consumed);
        let before = self.end;
        while self.end == before && !self.is_over {
            match self.decoder.is_some() {
                true => self.read_and_decode()?,
                false => self.read_utf8()?,
            }
        }
        if self.is_over && self.end > 0 && self.window[self.end - 1] != b'\n' {
            self.push(b"\n");
        }
        self.mark_nuls(before);
        Ok(())
    }

    fn drop_front(&mut self, consumed: usize) {
        if consumed == 0 {
            return;
        }
        self.window.copy_within(consumed..self.end, 0);
        self.end -= consumed;
        self.base += consumed as u64;
    }

    fn read_utf8(&mut self) -> Result<(), DecodeError> {
        let carried = self.pending.len();
        let at = self.end;
        self.reserve(carried + PIECE_BYTES);
        self.window[at..at + carried].copy_from_slice(&self.pending);
        self.pending.clear();
        let count = self.read_into(at + carried, PIECE_BYTES)?;
        let filled = at + carried + count;
        match std::str::from_utf8(&self.window[at..filled]) {
            Ok(_) => self.end = filled,
            Err(error) if error.error_len().is_none() && count > 0 => {
                self.end = at + error.valid_up_to();
                self.pending
                    .extend_from_slice(&self.window[self.end..filled]);
            }
            Err(_) => {
                let bytes = self.window[at..filled].to_vec();
                self.mend_utf8(&bytes, count == 0)?;
            }
        }
        self.is_over = count == 0;
        Ok(())
    }

    /// Adds a piece that is not well formed throughout.
    fn mend_utf8(&mut self, bytes: &[u8], is_last: bool) -> Result<(), DecodeError> {
        let first_byte = self.read - bytes.len() as u64;
        let (text_before, marks_before) = (self.end, self.marks.len());
        let mut rest = bytes;
        loop {
            let offset = first_byte + (bytes.len() - rest.len()) as u64;
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.push(text.as_bytes());
                    break;
                }
                Err(error) => {
                    let (text, bad) = rest.split_at(error.valid_up_to());
                    self.push(text);
                    let Some(length) = error.error_len().or(is_last.then_some(bad.len())) else {
                        self.pending.extend_from_slice(bad);
                        break;
                    };
                    self.push_malformed(offset + text.len() as u64, &bad[..length]);
                    rest = &bad[length..];
                }
            }
        }
        self.judge(bytes, text_before, marks_before)
    }

    fn read_and_decode(&mut self) -> Result<(), DecodeError> {
        let mut piece = vec![0; PIECE_BYTES];
        let count = self.read_piece(&mut piece)?;
        let first_byte = self.read - count as u64;
        let (text_before, marks_before) = (self.end, self.marks.len());
        let Some(mut decoder) = self.decoder.take() else {
            return Ok(());
        };
        let mut used = 0;
        loop {
            self.reserve(PIECE_BYTES);
            let room = self.window.len() - PADDING;
            let (result, taken, written) = decoder.decode_to_utf8_without_replacement(
                &piece[used..count],
                &mut self.window[self.end..room],
                count == 0,
            );
            used += taken;
            self.end += written;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(length, after) => {
                    // The sequence may have begun in the piece before, whose bytes are gone.
                    let (length, after) = (usize::from(length), usize::from(after));
                    let last = used.saturating_sub(after);
                    let bytes = &piece[last.saturating_sub(length)..last];
                    let byte = (first_byte + used as u64).saturating_sub((length + after) as u64);
                    self.push_malformed(byte, bytes);
                }
            }
        }
        self.decoder = Some(decoder);
        self.is_over = count == 0;
        self.judge(&piece[..count], text_before, marks_before)
    }

    /// Refuses the encoding when the piece just added has more malformed places than accidents explain.
    fn judge(
        &self,
        bytes: &[u8],
        text_before: usize,
        marks_before: usize,
    ) -> Result<(), DecodeError> {
        let Some(first) = self.marks.get(marks_before) else {
            return Ok(());
        };
        let malformed = (self.marks.len() - marks_before) as u64;
        let beyond_ascii = self.window[text_before..self.end]
            .iter()
            .filter(|byte| **byte >= 0xc0)
            .count() as u64;
        let survey = encoding::Survey {
            malformed,
            beyond_ascii: beyond_ascii - malformed,
            first: None,
        };
        // One or two places in a piece of pure ASCII are accidents as well.
        if malformed < 3 || !survey.contradicts() {
            return Ok(());
        }
        let Blemish::Malformed {
            byte,
            bytes: found,
            length,
        } = first.blemish
        else {
            return Ok(());
        };
        let at = usize::try_from(first.at - self.base).unwrap_or(self.end);
        Err(DecodeError::WrongEncoding {
            file: self.file.clone(),
            declared: encoding::label(self.encoding),
            line: self.line + count_line_feeds(&self.window[..at]),
            byte,
            found: encoding::hex(&found[..usize::from(length)]),
            looks_like: encoding::looks_like(bytes, self.encoding),
        })
    }

    fn push(&mut self, text: &[u8]) {
        self.reserve(text.len());
        self.window[self.end..self.end + text.len()].copy_from_slice(text);
        self.end += text.len();
    }

    fn push_malformed(&mut self, byte: u64, bytes: &[u8]) {
        let length = bytes.len().min(4);
        let mut found = [0; 4];
        found[..length].copy_from_slice(&bytes[..length]);
        let blemish = Blemish::Malformed {
            byte,
            bytes: found,
            length: length as u8,
        };
        self.marks.push_back(Mark {
            at: self.base + self.end as u64,
            blemish,
        });
        self.push(&REPLACEMENT);
    }

    /// Marks where runs of NUL begin in the text from `from` on.
    fn mark_nuls(&mut self, from: usize) {
        let added = &self.window[from..self.end];
        if !added.contains(&0) {
            return;
        }
        for (offset, pair) in added.iter().enumerate() {
            let follows_nul = offset > 0 && added[offset - 1] == 0;
            if *pair == 0 && !follows_nul {
                let at = self.base + (from + offset) as u64;
                self.marks.push_back(Mark {
                    at,
                    blemish: Blemish::Nul,
                });
            }
        }
        self.marks.make_contiguous().sort_by_key(|mark| mark.at);
    }

    /// Makes room for `more` bytes of text and the padding behind it.
    fn reserve(&mut self, more: usize) {
        let wanted = self.end + more + PADDING;
        if self.window.len() < wanted {
            self.window.resize(wanted, 0);
        }
    }

    fn read_into(&mut self, at: usize, most: usize) -> Result<usize, DecodeError> {
        loop {
            match self.source.read(&mut self.window[at..at + most]) {
                Ok(count) => {
                    self.read += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(read_failed(&self.file, self.read, error)),
            }
        }
    }

    fn read_piece(&mut self, piece: &mut [u8]) -> Result<usize, DecodeError> {
        loop {
            match self.source.read(piece) {
                Ok(count) => {
                    self.read += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(read_failed(&self.file, self.read, error)),
            }
        }
    }
}

fn count_line_feeds(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte == b'\n').count() as u64
}
