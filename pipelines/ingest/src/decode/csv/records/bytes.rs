//! Looking for bytes eight at a time: delimiters, quotes, line ends.
//!
//! Plain arithmetic on 64-bit words, so that it is as fast on every processor and needs no unsafe code.

const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const ONES: u64 = 0x0101_0101_0101_0101;

/// The bytes a scan looks for, each spread over a word.
#[derive(Clone, Copy)]
pub(super) struct Needles {
    delimiter: u64,
}

impl Needles {
    pub(super) fn new(delimiter: u8) -> Needles {
        Needles {
            delimiter: ONES * u64::from(delimiter),
        }
    }

    /// 0x80 in every byte of `word` that is a needle.
    #[inline(always)]
    fn find(self, word: u64, with_cr: bool) -> u64 {
        let mut none = not_zero(word ^ self.delimiter) & not_zero(word ^ (ONES * u64::from(b'\n')));
        if with_cr {
            none &= not_zero(word ^ (ONES * u64::from(b'\r')));
        }
        !(none | LOW_BITS)
    }
}

/// Positions of needles from a place in a window on.
pub(super) struct Words<'a> {
    window: &'a [u8],
    needles: Needles,
    with_cr: bool,
    base: usize,
    found: u64,
}

impl<'a> Words<'a> {
    #[inline(always)]
    pub(super) fn at(window: &'a [u8], from: usize, needles: Needles, with_cr: bool) -> Words<'a> {
        let found = needles.find(load(window, from), with_cr);
        Words {
            window,
            needles,
            with_cr,
            base: from,
            found,
        }
    }

    /// The next needle; beyond the window when there is none. May lie in the padding: check the end.
    #[inline(always)]
    pub(super) fn next(&mut self) -> usize {
        while self.found == 0 {
            self.base += 8;
            if self.base >= self.window.len() {
                return self.window.len();
            }
            self.found = self
                .needles
                .find(load(self.window, self.base), self.with_cr);
        }
        let at = self.base + (self.found.trailing_zeros() / 8) as usize;
        self.found &= self.found - 1;
        at
    }
}

/// Eight bytes of the window, the first in the lowest place; zeros where the window ends.
#[inline(always)]
fn load(window: &[u8], at: usize) -> u64 {
    match window.get(at..at + 8) {
        Some(bytes) => u64::from_le_bytes([
            bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
        ]),
        None => {
            let mut padded = [0; 8];
            let rest = window.get(at..).unwrap_or_default();
            padded[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(padded)
        }
    }
}

/// The quote that closes a field which starts at `from`, and whether doubled ones come before it. A quote at
/// the very end of the text may be the first of two and is given as closing only when more text follows.
#[inline]
pub(super) fn closing_quote(
    window: &[u8],
    from: usize,
    end: usize,
    quote: u8,
) -> Option<(usize, bool)> {
    let mut at = from;
    let mut doubled = false;
    loop {
        at = find_byte(window, at, quote);
        if at >= end {
            return None;
        }
        if at + 1 < end && window[at + 1] == quote {
            doubled = true;
            at += 2;
            continue;
        }
        return Some((at, doubled));
    }
}

/// The first place of a byte from `from` on; beyond the window when there is none. May lie in the padding.
#[inline]
fn find_byte(window: &[u8], from: usize, byte: u8) -> usize {
    let needle = ONES * u64::from(byte);
    let mut base = from;
    while base < window.len() {
        let found = !(not_zero(load(window, base) ^ needle) | LOW_BITS);
        if found != 0 {
            return base + (found.trailing_zeros() / 8) as usize;
        }
        base += 8;
    }
    window.len()
}

/// A set top bit in every byte that is not zero.
///
/// Adding 0x7f to the low bits carries into the top bit unless they are zero; a byte is zero when neither
/// that carry nor its own top bit is set. Exact: no carry crosses a byte.
#[inline(always)]
fn not_zero(word: u64) -> u64 {
    ((word & LOW_BITS) + LOW_BITS) | word
}

/// Where text that ends at the line feed `at` really ends: before the carriage returns of that line end.
#[inline(always)]
pub(super) fn trim_end_of_line<const CR: bool>(window: &[u8], start: usize, at: usize) -> usize {
    let mut end = at;
    if window[at] == b'\n' {
        while end > start && window[end - 1] == b'\r' {
            end -= 1;
        }
    }
    end
}

/// Line ends in the text of a quoted field.
#[inline]
pub(super) fn count_lines<const CR: bool>(text: &[u8]) -> i64 {
    if !CR {
        return text.iter().filter(|byte| **byte == b'\n').count() as i64;
    }
    let mut lines = 0;
    for (at, byte) in text.iter().enumerate() {
        let is_end = match byte {
            b'\n' => at == 0 || text[at - 1] != b'\r',
            b'\r' => true,
            _ => false,
        };
        lines += i64::from(is_end);
    }
    lines
}
