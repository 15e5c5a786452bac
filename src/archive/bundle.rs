//! Several files in one: a tar archive whose last file says what the others
//! must be. Any program that reads tar opens it, and `sha256sum -c` proves it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read};
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

/// The last file: a line for each other one, as `sha256sum` writes it.
const SUMS: &str = "SHA256SUMS";

/// No list of sums is longer.
const SUMS_MAX: u64 = 64 << 10;

/// So much is written between two questions whether to go on.
const STEP: usize = 1 << 20;

/// Writes a bundle. Nothing appears at its place before it is whole.
pub(crate) struct BundleWriter {
    tar: tar::Builder<BufWriter<File>>,
    file: NamedTempFile,
    sums: String,
}

impl BundleWriter {
    /// Begins one that will lie in this folder.
    pub(crate) fn begin(folder: &Path) -> io::Result<Self> {
        let file = NamedTempFile::new_in(folder)?;
        Ok(Self {
            tar: tar::Builder::new(BufWriter::with_capacity(STEP, file.reopen()?)),
            file,
            sums: String::new(),
        })
    }

    /// Adds a file. `read` is told how many bytes went in, piece by piece, and
    /// ends it with an error.
    pub(crate) fn add(
        &mut self,
        name: &str,
        file: File,
        read: &mut dyn FnMut(u64) -> io::Result<()>,
    ) -> io::Result<()> {
        let size = file.metadata()?.len();
        let mut content = Watched::new(BufReader::with_capacity(STEP, file).take(size), read);
        self.tar
            .append_data(&mut header(size), name, &mut content)?;
        self.sums.push_str(&line(name, &content.sum()));
        Ok(())
    }

    /// Ends it, and lets it appear at a place where nothing is yet.
    pub(crate) fn finish(mut self, path: &Path) -> io::Result<()> {
        let sums = self.sums.as_bytes();
        self.tar
            .append_data(&mut header(sums.len() as u64), SUMS, sums)?;
        self.tar.into_inner()?.into_inner()?.sync_all()?;
        self.file.persist_noclobber(path)?;
        Ok(())
    }
}

fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header
}

fn line(name: &str, sum: &[u8]) -> String {
    format!("{}  {name}\n", HEXLOWER.encode(sum))
}

/// Why a bundle cannot be taken apart.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfit {
    /// It cannot be read, or its files cannot be written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("it holds {0:?}, which no backup does")]
    Stranger(String),
    /// Its end is missing, or something in it was changed.
    #[error("{0} is damaged or missing")]
    Damaged(String),
}

/// Takes a bundle apart into a folder, proves each file, and says which there
/// are. Only those `known` may be in it.
pub(crate) fn unpack(
    bundle: &Path,
    folder: &Path,
    known: &[&str],
    read: &mut dyn FnMut(u64) -> io::Result<()>,
) -> Result<Vec<String>, Unfit> {
    let file = BufReader::with_capacity(STEP, File::open(bundle)?);
    let mut archive = tar::Archive::new(file);
    let (mut found, mut sums) = (BTreeMap::new(), None);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        if name == SUMS {
            let mut text = String::new();
            entry.take(SUMS_MAX).read_to_string(&mut text)?;
            sums = Some(text);
            break;
        }
        if !known.contains(&name.as_str()) || !entry.header().entry_type().is_file() {
            return Err(Unfit::Stranger(name));
        }
        // New, and so nobody else's.
        let mut file = NamedTempFile::new_in(folder)?;
        let mut content = Watched::new(&mut entry, read);
        io::copy(&mut content, &mut file)?;
        let proof = line(&name, &content.sum());
        file.as_file().sync_all()?;
        file.persist_noclobber(folder.join(&name))
            .map_err(io::Error::from)?;
        found.insert(name, proof);
    }
    let sums = sums.ok_or_else(|| Unfit::Damaged("its end".to_owned()))?;
    for promised in sums.split_inclusive('\n') {
        let name = promised.trim_end().split("  ").nth(1).unwrap_or_default();
        if found.get(name).is_none_or(|proof| proof != promised) {
            return Err(Unfit::Damaged(name.to_owned()));
        }
    }
    if sums.lines().count() != found.len() {
        return Err(Unfit::Damaged(SUMS.to_owned()));
    }
    Ok(found.into_keys().collect())
}

/// Reads on, sums up, and tells how much.
struct Watched<'a, R> {
    inner: R,
    sha256: Sha256,
    told: &'a mut dyn FnMut(u64) -> io::Result<()>,
}

impl<'a, R: Read> Watched<'a, R> {
    fn new(inner: R, told: &'a mut dyn FnMut(u64) -> io::Result<()>) -> Self {
        Self {
            inner,
            sha256: Sha256::new(),
            told,
        }
    }

    fn sum(self) -> Vec<u8> {
        self.sha256.finalize().to_vec()
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sha256.update(buffer.get(..read).unwrap_or_default());
        (self.told)(read as u64)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
