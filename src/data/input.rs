//! The bytes of an input: a file, read from its place as often as needed, what a pipe gave, kept in memory, or what is made of
//! a file while it is read.
//!
//! A pipe (`/dev/stdin`, `<(...)`, a named pipe) can be read once, and an analysis may need several passes. What it gave
//! is therefore kept under its path for as long as the process lives: every further pass, and every further opening of
//! that path, finds the same bytes. Memory grows with what came through the pipe.

use std::collections::HashMap;
use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Cursor, IsTerminal, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What pipes gave, by path.
static KEPT: Mutex<Option<HashMap<PathBuf, Arc<[u8]>>>> = Mutex::new(None);

/// Where bytes are read from.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    File(PathBuf),
    Kept(Arc<[u8]>),
    #[cfg_attr(not(any(feature = "sav", feature = "parquet")), allow(dead_code))]
    Made(Arc<dyn Made>),
}

/// Bytes that are made of those of another input whenever they are read, and held nowhere.
pub(crate) trait Made: Debug + Send + Sync {
    /// Starts to make them.
    fn reader(&self) -> io::Result<Box<dyn Read + Send>>;
}

/// One reading of an input, from its start.
pub(crate) enum InputReader {
    File(File),
    Kept(Cursor<Arc<[u8]>>),
    Made(Box<dyn Read + Send>),
}

impl Debug for InputReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InputReader")
    }
}

impl Input {
    /// Finds out what a path is; what is no file is read to its end.
    ///
    /// # Errors
    /// What the system says; a device without an end (`/dev/zero`) is refused.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        if metadata.is_file() || metadata.is_dir() {
            return Ok(Self::File(path.into()));
        }
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get_or_insert_default();
        if let Some(bytes) = kept.get(path) {
            return Ok(Self::Kept(Arc::clone(bytes)));
        }
        let mut file = File::open(path)?;
        if is_device(&metadata) && !file.is_terminal() && file.read(&mut [0])? > 0 {
            return Err(io::Error::other("it is a device, which has no end; give a file or a pipe"));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let bytes: Arc<[u8]> = bytes.into();
        kept.insert(path.into(), Arc::clone(&bytes));
        Ok(Self::Kept(bytes))
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> io::Result<u64> {
        match self {
            Self::File(path) => Ok(std::fs::metadata(path)?.len()),
            Self::Kept(bytes) => Ok(bytes.len() as u64),
            Self::Made(made) => io::copy(&mut made.reader()?, &mut io::sink()),
        }
    }

    /// All bytes.
    #[cfg(feature = "sheets")]
    pub(crate) fn content(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::File(path) => std::fs::read(path),
            _ => self.start(u64::MAX),
        }
    }

    /// The first bytes, `count` at most.
    #[cfg(feature = "sheets")]
    pub(crate) fn start(&self, count: u64) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        self.reader()?.take(count).read_to_end(&mut start)?;
        Ok(start)
    }

    /// Starts to read.
    pub(crate) fn reader(&self) -> io::Result<InputReader> {
        Ok(match self {
            Self::File(path) => InputReader::File(File::open(path)?),
            Self::Kept(bytes) => InputReader::Kept(Cursor::new(Arc::clone(bytes))),
            Self::Made(made) => InputReader::Made(made.reader()?),
        })
    }
}

impl Read for InputReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Kept(bytes) => bytes.read(buffer),
            Self::Made(reader) => reader.read(buffer),
        }
    }
}

impl Seek for InputReader {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(place),
            Self::Kept(bytes) => bytes.seek(place),
            Self::Made(_) => Err(io::ErrorKind::NotSeekable.into()),
        }
    }
}

#[cfg(unix)]
fn is_device(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_char_device() || metadata.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: &std::fs::Metadata) -> bool {
    false
}
