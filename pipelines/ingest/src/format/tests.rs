//! Formats as jobs write them.

use super::{Format, FormatFault, Header, Kind, SheetSelector, ShortRows};

fn parse(yaml: &str) -> Result<Format, String> {
    serde_saphyr::from_str(yaml).map_err(|error| error.to_string())
}

#[test]
fn every_key_is_read() {
    let format = parse(
        "kind: csv\nencoding: GBK\ndelimiter: tab\nquote: none\nheader: { rows: [3, 4] }\nskip_rows: 1\nafter: data\n\
         skip_after_header: 1\nuntil: end data\nfooter_rows: 2\nshort_rows: refuse\nmax_row: 64 MiB\n",
    )
    .expect("a format");
    assert_eq!(format.kind, Some(Kind::Csv));
    assert_eq!(
        format.encoding.expect("an encoding").encoding().name(),
        "gb18030"
    );
    assert_eq!(format.delimiter.expect("a delimiter").byte(), b'\t');
    assert_eq!(format.quote.expect("a quote").byte(), None);
    assert!(
        matches!(&format.header, Some(Header::Rows([first, last])) if first.get() == 3 && last.get() == 4)
    );
    assert_eq!(format.short_rows, ShortRows::Refuse);
    assert_eq!(format.faults(), []);
    let format = parse("{ kind: xlsx, sheet: 2, header: none }").expect("a format");
    assert_eq!(
        (format.sheet, format.header),
        (Some(SheetSelector::Number(2)), Some(Header::None))
    );
    let format = parse("{ kind: json, path: data.items }").expect("a format");
    assert_eq!(format.path.expect("a path").members(), ["data", "items"]);
}

#[test]
fn misspelt_key_and_wrong_values_are_refused() {
    let shown = [
        "{ kind: csv, delimeter: ';' }",
        "{ kind: cvs }",
        "{ delimiter: ';;' }",
        "{ delimiter: a }",
        "{ quote: x }",
        "{ encoding: gb18031 }",
        "{ encoding: klingon }",
        "{ sheet: 0 }",
        "{ path: 'data[*]' }",
        "{ header: { row: 0 } }",
        "{ header: { line: 3 } }",
        "{ max_row: 16 MB }",
    ]
    .map(|yaml| {
        format!(
            "{yaml}\n    {}",
            parse(yaml)
                .expect_err(yaml)
                .lines()
                .next()
                .unwrap_or_default()
        )
    })
    .join("\n");
    insta::assert_snapshot!(shown);
}

#[test]
fn keys_that_do_not_fit_each_other_are_found_all_at_once() {
    let format = parse(
        "{ kind: json, encoding: gbk, sheet: 1, header: { rows: [4, 3] }, after: ' ', delimiter: '|', quote: '|' }",
    )
    .expect("a format");
    let shown: Vec<String> = format
        .faults()
        .iter()
        .map(|fault| format!("{fault}\n    hint: {}", fault.hint()))
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    let format = parse("{ header: { names: [a, '', a] } }").expect("a format");
    assert_eq!(
        format.faults(),
        [
            FormatFault::HeaderName {
                position: 2,
                name: String::new()
            },
            FormatFault::HeaderName {
                position: 3,
                name: "a".to_owned()
            },
        ]
    );
}

#[test]
fn schema_names_every_key() {
    let schema = serde_json::to_value(schemars::schema_for!(Format)).expect("a schema");
    let keys: Vec<&str> = schema["properties"]
        .as_object()
        .expect("properties")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(keys.len(), 15);
    assert_eq!(schema["additionalProperties"], false);
}
