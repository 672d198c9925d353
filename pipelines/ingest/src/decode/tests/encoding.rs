//! Encodings.

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use rstest::rstest;

use super::{read, try_read};
use crate::decode::{DecodeError, EncodingBy};

const CHINESE: &str =
    "单位名称,用电量,日期\n荆门市机关事务服务中心,12345.67,2026年1月1日\n市档案馆,-,2026年2月1日\n";
const WESTERN: &str = "Supplier,Amount\nCafé Müller,£1,234.50\nÅngström & Søn,€99\n";

fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let utf16 = |convert: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(convert).collect();
    if encoding == UTF_16LE {
        utf16(u16::to_le_bytes)
    } else if encoding == UTF_16BE {
        utf16(u16::to_be_bytes)
    } else {
        let (bytes, _, has_unmappable) = encoding.encode(text);
        assert!(!has_unmappable);
        bytes.into_owned()
    }
}

#[rstest]
#[case::utf8(CHINESE, UTF_8, "utf-8", EncodingBy::Checked)]
#[case::gb18030(CHINESE, GB18030, "gb18030", EncodingBy::Guessed)]
#[case::short_gb18030("单位,电\n甲,1\n", GB18030, "gb18030", EncodingBy::Guessed)]
#[case::utf16_little(CHINESE, UTF_16LE, "utf-16le", EncodingBy::Guessed)]
#[case::utf16_big(CHINESE, UTF_16BE, "utf-16be", EncodingBy::Guessed)]
#[case::western(WESTERN, WINDOWS_1252, "windows-1252", EncodingBy::Guessed)]
#[case::one_pound("a,b\nx,£5\n", WINDOWS_1252, "windows-1252", EncodingBy::Guessed)]
#[case::ascii("a,b\n1,2\n", UTF_8, "utf-8", EncodingBy::Checked)]
fn encoding_is_found(
    #[case] text: &str,
    #[case] encoding: &'static Encoding,
    #[case] found: &str,
    #[case] by: EncodingBy,
) {
    let table = read("t.csv", encode(text, encoding), "{ delimiter: ',' }");
    assert_eq!(table.detected.encoding.as_deref(), Some(found));
    assert_eq!(table.detected.encoding_by, Some(by));
    let expected = read("t.csv", text, "{ delimiter: ',' }");
    assert_eq!(
        (table.shown(), table.detected.columns),
        (expected.shown(), expected.detected.columns)
    );
}

#[rstest]
#[case("utf-8", UTF_8)]
#[case("gbk", GB18030)]
#[case("GB2312", GB18030)]
#[case("gb18030", GB18030)]
#[case("big5", BIG5)]
#[case("utf-16le", UTF_16LE)]
fn declared_encoding_is_used(#[case] label: &str, #[case] encoding: &'static Encoding) {
    let text = "a,b\n電,1\n";
    let table = read(
        "t.csv",
        encode(text, encoding),
        &format!("encoding: {label}"),
    );
    assert_eq!(table.shown(), ["電|1"]);
    assert_eq!(table.detected.encoding_by, Some(EncodingBy::Declared));
}

#[rstest]
#[case(b"\xef\xbb\xbf".as_slice(), UTF_8, "utf-8")]
#[case(b"\xff\xfe".as_slice(), UTF_16LE, "utf-16le")]
#[case(b"\xfe\xff".as_slice(), UTF_16BE, "utf-16be")]
fn byte_order_mark_tells_the_encoding_and_is_no_part_of_the_first_name(
    #[case] mark: &[u8],
    #[case] encoding: &'static Encoding,
    #[case] found: &str,
) {
    let table = read(
        "t.csv",
        [mark, &encode("电,b\n1,2\n", encoding)].concat(),
        "",
    );
    assert_eq!(table.detected.columns, ["电", "b"]);
    assert_eq!(table.detected.encoding.as_deref(), Some(found));
    assert_eq!(table.detected.encoding_by, Some(EncodingBy::Mark));
}

#[rstest]
#[case::gbk_said_to_be_utf8(GB18030, "utf-8", "gb18030")]
#[case::utf8_said_to_be_gbk(UTF_8, "gb18030", "utf-8")]
#[case::utf8_said_to_be_western(UTF_8, "windows-1252", "utf-8")]
fn wrong_encoding_is_an_error_with_the_right_one(
    #[case] encoding: &'static Encoding,
    #[case] declared: &str,
    #[case] right: &str,
) {
    let text = format!("a,b\n1,2\n{CHINESE}");
    let error = try_read(
        "t.csv",
        encode(&text, encoding),
        &format!("encoding: {declared}"),
    )
    .expect_err("wrong");
    let DecodeError::WrongEncoding {
        line,
        byte,
        looks_like,
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!((*line, *byte, looks_like.as_deref()), (3, 8, Some(right)));
}

#[test]
fn row_with_a_damaged_character_among_many_right_ones_is_refused() {
    let mut bytes = CHINESE
        .repeat(10)
        .replacen("单位名称,用电量,日期\n", "甲,乙,丙\n", 1)
        .into_bytes();
    bytes.extend_from_slice(b"\xe7\x94,1,2\n");
    bytes.extend_from_slice("好,3,4\n".as_bytes());
    let line = bytes.iter().filter(|byte| **byte == b'\n').count() - 1;
    let at = bytes.len() - "好,3,4\n".len() - b"\xe7\x94,1,2\n".len();
    let table = read("t.csv", bytes, "");
    assert_eq!(
        table.refusals(),
        [format!(
            "{line} undecodable: byte {at} of the file: 0xE7 0x94 is no character of its encoding"
        )]
    );
    assert_eq!(table.refused[0].raw, "\u{fffd},1,2");
    assert_eq!(table.shown().last().map(String::as_str), Some("好|3|4"));
}

#[test]
fn other_encoding_far_behind_the_beginning_is_an_error_with_its_place() {
    // 1.2 MB of ASCII, then GBK: the beginning does not tell.
    let mut bytes = b"a,b\n".to_vec();
    bytes.extend_from_slice("123,456789\n".repeat(110_000).as_bytes());
    let at = bytes.len() as u64;
    bytes.extend_from_slice(&encode(CHINESE, GB18030));
    let error = try_read("t.csv", bytes, "").expect_err("wrong");
    let DecodeError::WrongEncoding {
        line,
        byte,
        looks_like,
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (*line, *byte, looks_like.as_deref()),
        (110_002, at, Some("gb18030"))
    );
}

#[test]
fn character_cut_by_the_end_of_the_file_refuses_its_row() {
    let mut bytes = CHINESE.repeat(3).into_bytes();
    bytes.extend_from_slice("x,1,电".as_bytes());
    bytes.pop();
    let table = read("t.csv", bytes, "header: none");
    assert_eq!(table.refused.len(), 1);
    assert_eq!(table.refused[0].raw, "x,1,\u{fffd}");
}

#[test]
fn characters_across_the_pieces_of_a_stream_are_whole() {
    let text: String = (0..60_000).map(|row| format!("荆门市{row},电\n")).collect();
    for encoding in [UTF_8, GB18030, UTF_16LE] {
        let table = read("t.csv", encode(&format!("名,值\n{text}"), encoding), "");
        assert_eq!(table.rows.len(), 60_000, "{}", encoding.name());
        assert!(table.refused.is_empty());
        assert_eq!(table.shown()[59_999], "荆门市59999|电");
    }
}
