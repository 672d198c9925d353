//! Files on disk, in archives and in a bucket.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::sync::Arc;

use futures::StreamExt;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use rstest::rstest;
use tempfile::TempDir;
use tokio::runtime::{Builder, Handle, Runtime};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::client::Place;
use super::{Files, FilesConfig};
use crate::{ByteSize, Compression, Page, Pull, Source, SourceError, Step};

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

fn anew() -> Pull {
    Pull::anew(chrono::DateTime::UNIX_EPOCH)
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

fn config(yaml: &str) -> FilesConfig {
    serde_json::from_value(serde_json::from_str(yaml).expect("JSON")).expect("a configuration")
}

/// A page and its content.
type ReadPage = Result<(Page, Vec<u8>), SourceError>;

/// All pages of a source, read to the end: name and content, or the error.
fn read(source: &dyn Source) -> Result<Vec<ReadPage>, SourceError> {
    runtime().block_on(async {
        let mut pages = source.pages(anew()).await?;
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            all.push(match page {
                Ok(Step::Page(page)) => read_page(page).await,
                Ok(step) => panic!("files give pages, not {step:?}"),
                Err(error) => Err(error),
            });
        }
        Ok(all)
    })
}

async fn read_page(page: Page) -> ReadPage {
    let mut stream = page.clone().into_stream();
    let mut content = Vec::new();
    while let Some(piece) = stream.next().await {
        content.extend_from_slice(&piece?);
    }
    // Both ways of reading give the same.
    let reader = page.clone().into_reader(Handle::current());
    let again = tokio::task::spawn_blocking(move || {
        let mut reader = reader;
        let mut content = Vec::new();
        reader.read_to_end(&mut content).map(|_| content)
    });
    assert_eq!(again.await.expect("a thread").expect("content"), content);
    Ok((page, content))
}

fn pages(root: &Path, yaml: &str) -> Vec<(Page, Vec<u8>)> {
    let source = Files::new(&config(yaml), root).expect("a source");
    read(&source)
        .expect("pages")
        .into_iter()
        .map(|page| page.expect("a page"))
        .collect()
}

fn names(root: &Path, yaml: &str) -> Vec<String> {
    pages(root, yaml)
        .into_iter()
        .map(|(page, _)| page.name)
        .collect()
}

/// The first error of a source.
fn error(root: &Path, yaml: &str) -> SourceError {
    let source = match Files::new(&config(yaml), root) {
        Ok(source) => source,
        Err(error) => return error,
    };
    match read(&source) {
        Err(error) => error,
        Ok(pages) => pages.into_iter().find_map(Result::err).expect("an error"),
    }
}

fn report(error: &SourceError) -> String {
    let mut text = format!("error: {error}\n");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!("cause: {error}\n"));
        cause = error.source();
    }
    text.push_str(&format!(
        "hint: {}\n({}, retry {:?})",
        error.hint(),
        error.fault(),
        error.retry()
    ));
    text
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).expect("gzip");
    encoder.finish().expect("gzip")
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        if let Some(folder) = name.strip_suffix('/') {
            writer
                .add_directory(folder, SimpleFileOptions::default())
                .expect("zip");
            continue;
        }
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("zip");
        writer.write_all(content).expect("zip");
    }
    writer.finish().expect("zip").into_inner()
}

#[test]
fn files_come_sorted_by_name_each_once() {
    let root = folder(&[
        ("in/b.csv", b"b"),
        ("in/a.csv", b"a"),
        ("in/2026/c.csv", b"c"),
        ("in/.hidden.csv", b""),
        ("in/~$a.csv", b""),
        ("in/a.txt", b""),
    ]);
    assert_eq!(
        names(root.path(), r#"{"files": "in/*.csv"}"#),
        ["in/a.csv", "in/b.csv"]
    );
    assert_eq!(
        names(root.path(), r#"{"files": ["in/b.csv", "in/**/*.csv"]}"#),
        ["in/b.csv", "in/2026/c.csv", "in/a.csv"]
    );
    assert_eq!(
        names(root.path(), r#"{"files": "in/{a,b}.csv"}"#),
        ["in/a.csv", "in/b.csv"]
    );
    assert_eq!(
        names(root.path(), r#"{"files": "in/*/c.csv"}"#),
        ["in/2026/c.csv"]
    );
    let absolute = format!(r#"{{"files": "{}/in/a.*"}}"#, root.path().display());
    assert_eq!(names(Path::new("/nowhere"), &absolute).len(), 2);
}

#[rstest]
#[case::plain("a.csv", b"x,y\n1,2\n".to_vec(), Compression::None)]
#[case::gzip("a.csv.gz", gzip(b"x,y\n1,2\n"), Compression::Gzip)]
#[case::gzip_of_two_members("a.csv.gz", [gzip(b"x,y\n"), gzip(b"1,2\n")].concat(), Compression::Gzip)]
#[case::zstd("a.csv.zst", zstd::encode_all(&b"x,y\n1,2\n"[..], 3).expect("zstd"), Compression::Zstd)]
#[case::zip("a.zip", zip(&[("a.csv", b"x,y\n1,2\n")]), Compression::Zip { index: 0 })]
#[case::gzip_called_plain("a.csv", gzip(b"x,y\n1,2\n"), Compression::Gzip)]
#[case::plain_called_gzip("a.csv.gz", b"x,y\n1,2\n".to_vec(), Compression::None)]
#[case::zip_called_gzip("a.csv.gz", zip(&[("a.csv", b"x,y\n1,2\n")]), Compression::Zip { index: 0 })]
fn first_bytes_tell_the_compression(
    #[case] name: &str,
    #[case] bytes: Vec<u8>,
    #[case] compression: Compression,
) {
    let root = folder(&[(name, &bytes)]);
    let pages = pages(root.path(), r#"{"files": "*"}"#);
    assert_eq!(pages.len(), 1);
    let (page, content) = &pages[0];
    assert_eq!(content, b"x,y\n1,2\n");
    assert_eq!(
        (page.extension.as_str(), &page.compression),
        ("csv", &compression)
    );
    assert_eq!(
        page.plain_path().is_some(),
        compression == Compression::None
    );
    assert_eq!(
        page.name,
        if compression == (Compression::Zip { index: 0 }) {
            format!("{name}!a.csv")
        } else {
            name.to_owned()
        }
    );
}

#[test]
fn workbook_is_not_taken_for_a_zip() {
    let bytes = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<workbook/>"),
    ]);
    let root = folder(&[("a.xlsx", &bytes), ("b.bin", &bytes)]);
    for (page, content) in pages(root.path(), r#"{"files": "*"}"#) {
        assert_eq!(
            (page.compression, content.len()),
            (Compression::None, bytes.len())
        );
    }
}

#[test]
fn files_of_a_zip_are_chosen_by_a_pattern() {
    let bytes = zip(&[
        ("2026/", b""),
        ("2026/b.csv", b"b"),
        ("a.csv", b"a"),
        ("readme.txt", b""),
        ("__MACOSX/a.csv", b""),
        (".DS_Store", b""),
    ]);
    let root = folder(&[("a.zip", &bytes)]);
    let chosen = pages(root.path(), r#"{"files": "a.zip", "entry": "*.csv"}"#);
    let chosen: Vec<(&str, &[u8])> = chosen
        .iter()
        .map(|(page, content)| (page.name.as_str(), content.as_slice()))
        .collect();
    assert_eq!(
        chosen,
        [("a.zip!2026/b.csv", b"b".as_slice()), ("a.zip!a.csv", b"a")]
    );
    assert_eq!(
        names(root.path(), r#"{"files": "a.zip", "entry": "2026/*.csv"}"#),
        ["a.zip!2026/b.csv"]
    );
}

#[test]
fn names_in_a_zip_of_chinese_windows_are_read() {
    // `数据.csv` in GBK, put where the writer wrote six ASCII characters and an extension.
    let mut bytes = zip(&[("12345.csv", b"x")]);
    let gbk = [0xca, 0xfd, 0xbe, 0xdd, b'_'];
    for at in (0..bytes.len() - 5)
        .filter(|at| &bytes[*at..at + 5] == b"12345")
        .collect::<Vec<_>>()
    {
        bytes[at..at + 5].copy_from_slice(&gbk);
    }
    let root = folder(&[("a.zip", &bytes)]);
    assert_eq!(
        names(root.path(), r#"{"files": "a.zip"}"#),
        ["a.zip!数据_.csv"]
    );
}

#[test]
fn bytes_beyond_the_bound_are_refused_while_they_expand() {
    // A mebibyte of zeros is a kibibyte of gzip; a bomb is stopped at the bound, not at its end.
    let bomb = gzip(&vec![0; 8 << 20]);
    let root = folder(&[
        ("a.gz", &bomb),
        ("b.zip", &zip(&[("b", &vec![0; 8 << 20])])),
    ]);
    for file in ["a.gz", "b.zip"] {
        let found = error(
            root.path(),
            &format!(r#"{{"files": "{file}", "max_expanded": "1 MiB"}}"#),
        );
        assert!(
            matches!(&found, SourceError::TooBig { bound, .. } if *bound == ByteSize::mib(1)),
            "{found:?}"
        );
    }
}

#[test]
fn page_that_fails_does_not_hide_the_others() {
    let root = folder(&[
        ("a.csv", b"a"),
        ("b.zip", b"PK\x03\x04 no zip"),
        ("c.csv", b"c"),
    ]);
    let source = Files::new(&FilesConfig::of("*"), root.path()).expect("a source");
    let pages = read(&source).expect("pages");
    let kinds: Vec<bool> = pages.iter().map(Result::is_ok).collect();
    assert_eq!(kinds, [true, false, true]);
}

#[test]
fn large_file_is_streamed_in_small_pieces() {
    let content: Vec<u8> = (0..3_000_000u32).flat_map(u32::to_le_bytes).collect();
    let root = folder(&[("a.gz", &gzip(&content)), ("b", &content)]);
    for (page, read) in pages(root.path(), r#"{"files": "*"}"#) {
        assert!(read == content, "{}", page.name);
    }
    runtime().block_on(async {
        let source = Files::new(&FilesConfig::of("b"), root.path()).expect("a source");
        let page = source
            .pages(anew())
            .await
            .expect("pages")
            .next()
            .await
            .expect("one")
            .expect("a page");
        let Step::Page(page) = page else {
            panic!("a page")
        };
        let largest = page
            .into_stream()
            .map(|piece| piece.expect("a piece").len());
        assert_eq!(
            largest
                .fold(0, |most, length| async move { most.max(length) })
                .await,
            256 << 10
        );
    });
}

/// A bucket in memory.
fn bucket(files: &[(&str, &[u8])]) -> Arc<dyn ObjectStore> {
    let store = InMemory::new();
    runtime().block_on(async {
        for (key, bytes) in files {
            store
                .put(&(*key).into(), bytes.to_vec().into())
                .await
                .expect("an object");
        }
    });
    Arc::new(store)
}

fn in_bucket(files: &[(&str, &[u8])], keys: &str, yaml: &str) -> Files {
    let place = Place::in_bucket("s3://city/".to_owned(), bucket(files), keys).expect("a pattern");
    Files::of_place(place, &config(yaml))
}

#[test]
fn objects_of_a_bucket_are_read_like_files() {
    let zipped = zip(&[("b.csv", b"b")]);
    let zstd = zstd::encode_all(&b"c"[..], 3).expect("zstd");
    let files = [
        ("in/a.csv", b"a".as_slice()),
        ("in/b.zip", &zipped),
        ("in/c.csv.zst", &zstd),
        ("in/empty.csv", b""),
        ("in/more/d.csv", b"d"),
        ("out/e.csv", b"e"),
    ];
    let pages = read(&in_bucket(&files, "in/*", r#"{"files": "-"}"#)).expect("pages");
    let found: Vec<(String, Vec<u8>)> = pages
        .into_iter()
        .map(|page| page.expect("a page"))
        .map(|(page, content)| (page.name, content))
        .collect();
    let expected = [
        ("s3://city/in/a.csv", b"a".to_vec()),
        ("s3://city/in/b.zip!b.csv", b"b".to_vec()),
        ("s3://city/in/c.csv.zst", b"c".to_vec()),
        ("s3://city/in/empty.csv", Vec::new()),
    ];
    assert_eq!(
        found,
        expected.map(|(name, content)| (name.to_owned(), content))
    );
}

#[test]
fn every_message_says_what_is_wrong_where_and_how_to_mend_it() {
    let cut = gzip(
        &(0..50_000u32)
            .flat_map(u32::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
    let mut damaged = cut.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0xff);
    let zstd =
        zstd::encode_all(&b"some content that is long enough to be cut"[..], 3).expect("zstd");
    let two = zip(&[("b.csv", b"b"), ("a.csv", b"a")]);
    let mut crc = zip(&[("a.csv", b"hello hello hello")]);
    let at = crc
        .windows(5)
        .position(|bytes| bytes == b"hello")
        .unwrap_or(44);
    crc[at] ^= 1;
    let root = folder(&[
        ("data/energy/monthly_2026.csv", b"a"),
        ("data/energy/monthly_2025.csv", b"a"),
        ("empty/.keep", b""),
        ("cut.csv.gz", &cut[..cut.len() / 2]),
        ("damaged.csv.gz", &damaged),
        ("cut.csv.zst", &zstd[..zstd.len() - 6]),
        ("two.zip", &two),
        ("none.zip", &zip(&[])),
        ("crc.zip", &crc),
        ("bad.zip", b"PK\x03\x04 and nothing"),
        ("big.csv", &[b'x'; 2000]),
    ]);
    fs::remove_file(root.path().join("empty/.keep")).expect("removed");
    let shown = [
        r#"{"files": "data/energy/[.csv"}"#,
        r#"{"files": "data/enrgy/*.csv"}"#,
        r#"{"files": "nowhere/*.csv"}"#,
        r#"{"files": "data/energy/weekly_*.csv"}"#,
        r#"{"files": "data/energy/monthly_2024.csv"}"#,
        r#"{"files": "empty/*"}"#,
        r#"{"files": "data/energy"}"#,
        r#"{"files": "cut.csv.gz"}"#,
        r#"{"files": "cut.csv.zst"}"#,
        r#"{"files": "damaged.csv.gz"}"#,
        r#"{"files": "two.zip"}"#,
        r#"{"files": "two.zip", "entry": "*.txt"}"#,
        r#"{"files": "two.zip", "entry": "["}"#,
        r#"{"files": "none.zip"}"#,
        r#"{"files": "bad.zip"}"#,
        r#"{"files": "crc.zip"}"#,
        r#"{"files": "big.csv", "max_expanded": "1 KiB"}"#,
    ]
    .map(|yaml| format!("{yaml}\n{}", report(&error(root.path(), yaml))));
    insta::assert_snapshot!(shown.join("\n\n"));
}

#[test]
fn object_that_is_not_there_is_an_error_with_its_address() {
    let source = in_bucket(&[("in/a.csv", b"a")], "in/b.csv", r#"{"files": "-"}"#);
    let missing = read(&source).expect_err("no such object");
    assert!(
        matches!(&missing, SourceError::Store { url, .. } if url == "s3://city/in/b.csv"),
        "{missing:?}"
    );
    let source = in_bucket(&[("in/a.csv", b"a")], "in/*.zip", r#"{"files": "-"}"#);
    insta::assert_snapshot!(report(&read(&source).expect_err("no match")), @r"
    error: no file matches `s3://city/in/*.zip`
    hint: `s3://city/in/` holds one other file: `in/a.csv`
    (user, retry Never)
    ");
}

#[cfg(unix)]
#[test]
fn file_that_may_not_be_read_is_an_error_with_its_name() {
    use std::os::unix::fs::PermissionsExt;

    let root = folder(&[("secret.csv", b"a"), ("closed/a.csv", b"a")]);
    for name in ["secret.csv", "closed"] {
        fs::set_permissions(root.path().join(name), fs::Permissions::from_mode(0o000))
            .expect("permissions");
    }
    // Root may read everything; nothing can be tried then.
    if fs::File::open(root.path().join("secret.csv")).is_err() {
        let found = ["secret.csv", "closed/*.csv"]
            .map(|file| report(&error(root.path(), &format!(r#"{{"files": "{file}"}}"#))));
        assert!(
            found
                .iter()
                .all(|text| text.starts_with("error: no permission to read")),
            "{found:?}"
        );
    }
    // What the system says is told apart wherever it says it.
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    insta::assert_snapshot!(report(&SourceError::of_path("secret.csv", denied)), @r"
    error: no permission to read `secret.csv`
    hint: let the account that runs jieyue read it (chmod, chown or the share's settings)
    (external, retry Never)
    ");
    fs::set_permissions(
        root.path().join("closed"),
        fs::Permissions::from_mode(0o700),
    )
    .expect("permissions");
}

#[test]
fn misspelt_key_and_missing_pattern_are_refused() {
    for (yaml, expected) in [
        (
            r#"{"files": "a", "entries": "b"}"#,
            "unknown field `entries`, expected one of `files`, `entry`, `max_expanded`",
        ),
        (r#"{"files": []}"#, "a pattern of file names is missing"),
        (r#"{"files": " "}"#, "a pattern of file names is missing"),
        (
            r#"{"files": 7}"#,
            "invalid type: integer `7`, expected a pattern of file names, or a list of them",
        ),
        (
            r#"{"files": "a", "max_expanded": "5 GB"}"#,
            "`5 GB` is not a size; write a whole number and a unit: `16 MiB`",
        ),
    ] {
        let found = serde_json::from_str::<FilesConfig>(yaml)
            .expect_err(yaml)
            .to_string();
        assert!(found.starts_with(expected), "{found}");
    }
}
