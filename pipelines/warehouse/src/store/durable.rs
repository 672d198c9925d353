//! A local file system whose acknowledged writes survive a power cut.

use std::collections::HashSet;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions,
    Result, UploadPart,
};

/// [`LocalFileSystem`] with two things added.
///
/// **Durability.** The plain store never calls `fsync`: after a power cut a Delta commit that was
/// acknowledged may be missing, or be there and empty, which makes the whole table unreadable. Here
/// file contents reach the disk before the file gets its name (`PutMode::Create`: commits,
/// publications, leases) or before the write is acknowledged (the rest), and the directory entry
/// reaches it before the write is acknowledged. A commit therefore never names a data file that
/// could be lost.
///
/// **Order.** Listings come sorted by path, as S3 gives them; Delta's log reader relies on it.
#[derive(Debug)]
pub(crate) struct DurableLocal {
    files: Arc<LocalFileSystem>,
    directories: Arc<Directories>,
}

impl DurableLocal {
    /// The store rooted at the existing directory `root`.
    pub(crate) fn new(root: &FilePath) -> Result<Self> {
        let files = Arc::new(LocalFileSystem::new_with_prefix(root)?);
        // As the plain store does, so that its paths begin with this one.
        let root = std::fs::canonicalize(root).map_err(|source| storage_error(root, source))?;
        Ok(Self {
            files,
            directories: Arc::new(Directories::below(root)),
        })
    }

    /// Brings the file at `location` and its entry in its directory to the disk.
    async fn sync_written(&self, location: &Path) -> Result<()> {
        let path = self.files.path_to_filesystem(location)?;
        sync_file(path, self.directories.clone()).await
    }
}

impl fmt::Display for DurableLocal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Durable{}", self.files)
    }
}

#[async_trait]
impl ObjectStore for DurableLocal {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        if matches!(options.mode, PutMode::Create) {
            let path = self.files.path_to_filesystem(location)?;
            let directories = self.directories.clone();
            return blocking(move || create(&path, &payload, &directories)).await;
        }
        let result = self.files.put_opts(location, payload, options).await?;
        self.sync_written(location).await?;
        Ok(result)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(DurableUpload {
            upload: self.files.put_multipart_opts(location, options).await?,
            path: self.files.path_to_filesystem(location)?,
            directories: self.directories.clone(),
        }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.files.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.files.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        sorted(self.files.list(prefix))
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        sorted(self.files.list_with_offset(prefix, offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let mut result = self.files.list_with_delimiter(prefix).await?;
        result.objects.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(result)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await?;
        self.sync_written(to).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.files.rename_opts(from, to, options).await?;
        self.sync_written(to).await
    }
}

/// An upload whose file is on disk when [`complete`](MultipartUpload::complete) returns.
#[derive(Debug)]
struct DurableUpload {
    upload: Box<dyn MultipartUpload>,
    path: PathBuf,
    directories: Arc<Directories>,
}

#[async_trait]
impl MultipartUpload for DurableUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.upload.put_part(data)
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let result = self.upload.complete().await?;
        sync_file(self.path.clone(), self.directories.clone()).await?;
        Ok(result)
    }

    async fn abort(&mut self) -> Result<()> {
        self.upload.abort().await
    }
}

/// Creates the file `path` with all of `payload`, or not at all; fails if it is there.
fn create(path: &FilePath, payload: &PutPayload, directories: &Directories) -> Result<PutResult> {
    let failed = |source| storage_error(path, source);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    let (staged, mut file) = stage(path).map_err(failed)?;
    let linked = payload
        .iter()
        .try_for_each(|part| file.write_all(part))
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::hard_link(&staged, path));
    // Gone or not, the staged name is no part of the lake: the sweep finds what stays behind.
    let _ = std::fs::remove_file(&staged);
    linked.map_err(failed)?;
    directories.sync_entry(path).map_err(failed)?;
    Ok(PutResult {
        e_tag: None,
        version: None,
    })
}

/// Opens a new file beside `path`, named as [`LocalFileSystem`] names its own staged files
/// (`name#1`), which hides it from listings and shows it to the sweep.
fn stage(path: &FilePath) -> std::io::Result<(PathBuf, File)> {
    let mut suffix = 1_u32;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("#{suffix}"));
        let staged = PathBuf::from(name);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&staged)
        {
            Ok(file) => return Ok((staged, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => suffix += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn sync_file(path: PathBuf, directories: Arc<Directories>) -> Result<()> {
    blocking(move || {
        File::open(&path)
            .and_then(|file| file.sync_all())
            .and_then(|()| directories.sync_entry(&path))
            .map_err(|source| storage_error(&path, source))
    })
    .await
}

/// The directories of the lake that are known to be on the disk, entry and all.
///
/// A new file needs its own directory synced. Those above need it only if one of them is new, and
/// which are new is not known: the plain store makes them on the way. So each is synced once in the
/// life of the store; syncing all of them for every file costs 14 ms a file on an ordinary disk,
/// this 4 ms.
#[derive(Debug)]
struct Directories {
    root: PathBuf,
    settled: Mutex<HashSet<PathBuf>>,
}

impl Directories {
    fn below(root: PathBuf) -> Self {
        Self {
            root,
            settled: Mutex::default(),
        }
    }

    /// Brings the entry of the file `path`, and of the directories it is in, to the disk.
    fn sync_entry(&self, path: &FilePath) -> std::io::Result<()> {
        let mut new = Vec::new();
        for directory in path.ancestors().skip(1) {
            File::open(directory)?.sync_all()?;
            if self.settled().contains(directory) {
                break;
            }
            new.push(directory.to_owned());
            if directory == self.root {
                break;
            }
        }
        self.settled().extend(new);
        Ok(())
    }

    fn settled(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        // A panic elsewhere leaves the set whole: every change is one call.
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sorted(
    listing: BoxStream<'static, Result<ObjectMeta>>,
) -> BoxStream<'static, Result<ObjectMeta>> {
    stream::once(async move {
        let mut objects: Vec<ObjectMeta> = listing.try_collect().await?;
        objects.sort_by(|a, b| a.location.cmp(&b.location));
        Ok::<_, Error>(stream::iter(objects.into_iter().map(Ok)))
    })
    .try_flatten()
    .boxed()
}

fn storage_error(path: &FilePath, source: std::io::Error) -> Error {
    let path = path.display().to_string();
    match source.kind() {
        ErrorKind::AlreadyExists => Error::AlreadyExists {
            path,
            source: Box::new(source),
        },
        ErrorKind::NotFound => Error::NotFound {
            path,
            source: Box::new(source),
        },
        _ => Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(source),
        },
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|source| Error::JoinError { source })?
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStoreExt as _;

    use super::*;

    fn store() -> (tempfile::TempDir, DurableLocal) {
        let directory = tempfile::tempdir().unwrap();
        let store = DurableLocal::new(directory.path()).unwrap();
        (directory, store)
    }

    #[tokio::test]
    async fn only_one_of_many_creators_of_a_name_wins() {
        let (_directory, store) = store();
        let store = Arc::new(store);
        let path = Path::from("a/b/c.json");
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..16 {
            let (store, path) = (store.clone(), path.clone());
            tasks.spawn(async move {
                let payload = PutPayload::from(format!("{number}"));
                store.put_opts(&path, payload, PutMode::Create.into()).await
            });
        }
        let results = tasks.join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert!(
            results
                .iter()
                .filter_map(|result| result.as_ref().err())
                .all(|error| matches!(error, Error::AlreadyExists { .. }))
        );
    }

    #[tokio::test]
    async fn nothing_staged_is_left_beside_a_created_file() {
        let (directory, store) = store();
        let path = Path::from("a/c.json");
        for _ in 0..2 {
            let put = store.put_opts(&path, "x".into(), PutMode::Create.into());
            let _ = put.await;
        }
        let names: Vec<_> = std::fs::read_dir(directory.path().join("a"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["c.json"]);
    }

    #[tokio::test]
    async fn listings_are_sorted_by_path() {
        let (_directory, store) = store();
        for name in ["b/2", "a/3", "b/1", "c"] {
            store.put(&Path::from(name), "x".into()).await.unwrap();
        }
        let listed: Vec<String> = store
            .list(None)
            .map_ok(|object| object.location.to_string())
            .try_collect()
            .await
            .unwrap();
        assert_eq!(listed, ["a/3", "b/1", "b/2", "c"]);
    }
}
