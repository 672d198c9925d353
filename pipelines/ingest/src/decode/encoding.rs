//! Which encoding delimited text is in: what the job says, checked against the first bytes; else a byte
//! order mark, UTF-8 when the beginning is well formed, GB 18030 when its bytes lie where Chinese
//! characters lie, and last what `chardetng` thinks, among the encodings such files are really in.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, DecoderResult, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};

use super::EncodingBy;
use super::error::DecodeError;
use super::input::Object;
use crate::format::EncodingLabel;

/// A settled encoding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    pub(super) encoding: &'static Encoding,
    pub(super) by: EncodingBy,
    /// Bytes of the byte order mark to leave out.
    pub(super) mark_bytes: usize,
}

/// How well bytes fit an encoding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// Sequences that are not well formed.
    pub(super) malformed: u64,
    /// Characters beyond ASCII.
    pub(super) beyond_ascii: u64,
    /// Where the first malformed sequence begins and how long it is.
    pub(super) first: Option<(usize, usize)>,
}

impl Survey {
    /// Whether the malformed sequences are too many to be accidents in a few rows.
    ///
    /// One in twenty characters: text in another encoding fails at nearly every character, while a
    /// damaged byte or a name pasted from elsewhere stands among many that are right.
    pub(super) fn contradicts(&self) -> bool {
        self.malformed > self.beyond_ascii / 20
    }
}

/// Well-formed UTF-8 sequences from which on it is no accident that a file is UTF-8.
///
/// Two GBK bytes form a UTF-8 sequence in about one of twelve pairs; four in a row once in 20 000 files.
const NO_ACCIDENT: u64 = 4;

/// Settles the encoding of `object`.
pub(super) fn settle(
    object: &Object,
    declared: Option<EncodingLabel>,
) -> Result<Settled, DecodeError> {
    let head = &object.head;
    let marked = Encoding::for_bom(head);
    let Some(declared) = declared.map(EncodingLabel::encoding) else {
        return Ok(match marked {
            Some((encoding, mark_bytes)) => Settled {
                encoding,
                by: EncodingBy::Mark,
                mark_bytes,
            },
            None => guess(head, object.head_is_all),
        });
    };
    if let Some((encoding, mark_bytes)) = marked {
        if encoding == declared {
            return Ok(Settled {
                encoding,
                by: EncodingBy::Declared,
                mark_bytes,
            });
        }
        let found = format!(
            "the byte order mark {} of {}",
            hex(&head[..mark_bytes]),
            label(encoding)
        );
        return Err(wrong(object, declared, 0, found, Some(encoding)));
    }
    // Most bytes mean something in most encodings: UTF-8 read as GBK is full of rare characters, few or no
    // bytes of it wrong. That it is well-formed UTF-8 throughout is what gives it away.
    if declared != UTF_8 && declared != UTF_16LE && declared != UTF_16BE {
        let as_utf8 = survey(UTF_8, head, object.head_is_all);
        if as_utf8.malformed == 0 && as_utf8.beyond_ascii >= NO_ACCIDENT {
            let at = head.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
            let found = format!(
                "{}, and nothing that is not UTF-8",
                hex(&head[at..(at + 3).min(head.len())])
            );
            return Err(wrong(object, declared, at, found, Some(UTF_8)));
        }
    }
    let survey = survey(declared, head, object.head_is_all);
    if let Some((at, length)) = survey.first
        && survey.contradicts()
    {
        let other = guess(head, object.head_is_all).encoding;
        let found = hex(&head[at..(at + length.max(1)).min(head.len())]);
        return Err(wrong(
            object,
            declared,
            at,
            found,
            (other != declared).then_some(other),
        ));
    }
    Ok(Settled {
        encoding: declared,
        by: EncodingBy::Declared,
        mark_bytes: 0,
    })
}

/// The encoding the bytes look like, for a message about bytes that do not fit.
pub(super) fn looks_like(bytes: &[u8], other_than: &'static Encoding) -> Option<String> {
    let guessed = guess(bytes, false).encoding;
    (guessed != other_than).then(|| label(guessed))
}

/// The name to write in a job.
pub(super) fn label(encoding: &'static Encoding) -> String {
    encoding.name().to_ascii_lowercase()
}

/// Bytes as people write them: `0xB5 0xE7`.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("0x{byte:02X}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn wrong(
    object: &Object,
    declared: &'static Encoding,
    at: usize,
    found: String,
    looks_like: Option<&'static Encoding>,
) -> DecodeError {
    DecodeError::WrongEncoding {
        file: object.name.clone(),
        declared: label(declared),
        line: 1 + object.head[..at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64,
        byte: at as u64,
        found,
        looks_like: looks_like.map(label),
    }
}

fn guess(bytes: &[u8], is_all: bool) -> Settled {
    let settled = |encoding, by| Settled {
        encoding,
        by,
        mark_bytes: 0,
    };
    if let Some(encoding) = utf16_without_mark(bytes) {
        return settled(encoding, EncodingBy::Guessed);
    }
    let as_utf8 = survey(UTF_8, bytes, is_all);
    if as_utf8.malformed == 0 || !as_utf8.contradicts() {
        return settled(UTF_8, EncodingBy::Checked);
    }
    let as_chinese = survey(GB18030, bytes, is_all);
    if as_chinese.malformed == 0 && lies_where_chinese_does(bytes) {
        return settled(GB18030, EncodingBy::Guessed);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, is_all);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    if guessed == GBK && !as_chinese.contradicts() {
        settled(GB18030, EncodingBy::Guessed)
    } else if guessed == BIG5 && !survey(BIG5, bytes, is_all).contradicts() {
        settled(BIG5, EncodingBy::Guessed)
    } else {
        settled(WINDOWS_1252, EncodingBy::Guessed)
    }
}

/// Whether nine of ten bytes beyond ASCII come in pairs that are both above 0xA0, where GB 2312 keeps its
/// characters; in Western text they stand alone among ASCII letters.
fn lies_where_chinese_does(bytes: &[u8]) -> bool {
    let (mut beyond, mut paired) = (0u64, 0u64);
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| !byte.is_ascii()) {
        match rest[at..] {
            [first, second, ..] if first > 0xa0 && second > 0xa0 => {
                (beyond, paired) = (beyond + 2, paired + 2);
                rest = &rest[at + 2..];
            }
            _ => {
                beyond += 1;
                rest = &rest[at + 1..];
            }
        }
    }
    beyond > 0 && paired * 10 >= beyond * 9
}

/// UTF-16 of a text with digits and commas has a zero in every second byte of those, and one beside each
/// line feed; NUL bytes that got into a text of bytes do not.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let count = |is: fn(&[u8]) -> bool| bytes.chunks_exact(2).filter(|pair| is(pair)).count();
    let pairs = bytes.len() / 2;
    let (first, second) = (count(|pair| pair[0] == 0), count(|pair| pair[1] == 0));
    let line_feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    let fits = |zeros: usize, others: usize, whole: usize| {
        zeros * 5 >= pairs && others * 100 <= pairs && whole * 10 >= line_feeds * 9
    };
    if pairs < 4 {
        None
    } else if fits(second, first, count(|pair| pair == b"\n\0")) {
        Some(UTF_16LE)
    } else if fits(first, second, count(|pair| pair == b"\0\n")) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Decodes `bytes` and counts what does not fit; an unfinished character at the end counts only when the
/// bytes are all there is.
pub(super) fn survey(encoding: &'static Encoding, bytes: &[u8], is_all: bool) -> Survey {
    let mut survey = Survey::default();
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = vec![0; 64 << 10];
    let mut read = 0;
    loop {
        let (result, count, written) =
            decoder.decode_to_utf8_without_replacement(&bytes[read..], &mut text, is_all);
        read += count;
        survey.beyond_ascii += text[..written].iter().filter(|byte| **byte >= 0xc0).count() as u64;
        match result {
            DecoderResult::InputEmpty => return survey,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                survey.malformed += 1;
                let at = read.saturating_sub(usize::from(length) + usize::from(after));
                survey.first.get_or_insert((at, usize::from(length)));
            }
        }
    }
}
