//! Messages byte for byte.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _, Seek, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::blob::ZeroBlob;
use rusqlite::{MAIN_DB, OptionalExtension, params};
use sha2::{Digest, Sha256};
use zstd::bulk::Compressor;
use zstd::stream::{read::Decoder, write::Encoder};

use super::{Error, Read, Result, Store, Write};

/// The quick level: 409 MB of mail took 215 MB, against 213 MB at level 3.
const LEVEL: i32 = 1;

/// A message ready to be stored: hashed and compressed, which is the slow part
/// and is therefore done before the writer's turn.
#[derive(Debug, Clone)]
pub(crate) struct PackedRaw {
    pub(crate) sha256: [u8; 32],
    pub(crate) size: u64,
    zstd: Packed,
}

/// The compressed bytes.
#[derive(Debug, Clone)]
enum Packed {
    Here(Vec<u8>),
    /// In a file without a name, of that length.
    File(Arc<File>, u64),
}

thread_local! {
    /// Making one takes longer than compressing a small message with it.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

fn compress(raw: &[u8]) -> std::io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(LEVEL)?),
        };
        compressor.compress(raw)
    })
}

impl PackedRaw {
    /// Hashes and compresses.
    pub(crate) fn new(raw: &[u8]) -> Result<Self> {
        let zstd = compress(raw).map_err(|_| Error::Damaged)?;
        Ok(Self {
            sha256: Sha256::digest(raw).into(),
            size: raw.len() as u64,
            zstd: Packed::Here(zstd),
        })
    }
}

/// A message that comes in pieces: hashed and compressed as it comes, into a
/// file without a name, so that memory does not grow with it. Blocks.
pub(crate) struct RawWriter {
    dir: PathBuf,
    sha256: Sha256,
    size: u64,
    zstd: Encoder<'static, File>,
}

impl Store {
    /// Begins a message that comes in pieces.
    pub(crate) fn raw_writer(&self) -> Result<RawWriter> {
        let dir = self.dir();
        let begin = || Encoder::new(tempfile::tempfile_in(&dir)?, LEVEL);
        let zstd = begin().map_err(|source| Error::Io {
            path: dir.clone(),
            source,
        })?;
        Ok(RawWriter {
            dir,
            sha256: Sha256::new(),
            size: 0,
            zstd,
        })
    }
}

impl RawWriter {
    /// Adds the next piece.
    pub(crate) fn add(&mut self, piece: &[u8]) -> Result<()> {
        self.sha256.update(piece);
        self.size += piece.len() as u64;
        self.zstd.write_all(piece).map_err(|source| Error::Io {
            path: self.dir.clone(),
            source,
        })
    }

    /// The whole message, ready to be stored.
    pub(crate) fn finish(self) -> Result<PackedRaw> {
        let end = |zstd: Encoder<'static, File>| {
            let mut file = zstd.finish()?;
            let length = file.stream_position()?;
            Ok(Packed::File(Arc::new(file), length))
        };
        Ok(PackedRaw {
            sha256: self.sha256.finalize().into(),
            size: self.size,
            zstd: end(self.zstd).map_err(|source| Error::Io {
                path: self.dir,
                source,
            })?,
        })
    }
}

/// Undoes the compression of bytes that were `size` long.
pub(super) fn unpack(packed: &[u8], size: u64) -> Result<Vec<u8>> {
    let size = usize::try_from(size).map_err(|_| Error::Damaged)?;
    zstd::bulk::decompress(packed, size).map_err(|_| Error::Damaged)
}

impl Write<'_> {
    /// Keeps the bytes; those kept already are not kept twice.
    pub(crate) fn keep_raw(&self, packed: &PackedRaw) -> Result<()> {
        let mut insert = self.raw.prepare_cached(
            "INSERT INTO raw (sha256, size, zstd) VALUES (?1, ?2, ?3)
             ON CONFLICT (sha256) DO NOTHING",
        )?;
        match &packed.zstd {
            Packed::Here(zstd) => {
                insert.execute(params![packed.sha256, packed.size, zstd])?;
            }
            Packed::File(file, length) => {
                let room = ZeroBlob(*length);
                if insert.execute(params![packed.sha256, packed.size, room])? > 0 {
                    self.fill_raw(self.raw.last_insert_rowid(), file)?;
                }
            }
        }
        Ok(())
    }

    /// Writes the bytes of a file into the room made for them.
    fn fill_raw(&self, row: i64, mut file: &File) -> Result<()> {
        let mut room = self.raw.blob_open(MAIN_DB, c"raw", c"zstd", row, false)?;
        let mut copy = || {
            file.rewind()?;
            let mut piece = vec![0; PIECE];
            loop {
                let count = file.read(&mut piece)?;
                if count == 0 {
                    return room.flush();
                }
                room.write_all(piece.get(..count).unwrap_or_default())?;
            }
        };
        copy().map_err(in_database)
    }

    /// Forgets bytes, once the transaction is stored, unless a message still
    /// names them then.
    pub(super) fn forget_raw_if_unused(&self, sha256: &[u8]) {
        self.unnamed_raw.borrow_mut().push(sha256.to_vec());
    }
}

/// A message up to this size is read at once.
const SMALL: u64 = 4 << 20;

/// How much is read or written at a time of what is too large to be held.
const PIECE: usize = 256 << 10;

/// The length and the hash of what can be read.
fn digest(mut from: impl io::Read) -> io::Result<(u64, [u8; 32])> {
    let (mut hash, mut length) = (Sha256::new(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Ok((length, hash.finalize().into()));
        }
        hash.update(piece.get(..count).unwrap_or_default());
        length += count as u64;
    }
}

/// What failed is SQLite's, where it says so.
fn in_database(error: io::Error) -> Error {
    match error.downcast::<rusqlite::Error>() {
        Ok(error) => error.into(),
        Err(source) => Error::Io {
            path: PathBuf::from("raw.db"),
            source,
        },
    }
}

#[cfg(test)]
impl Write<'_> {
    /// Runs what damages one of the files, or both.
    pub(crate) fn damage(&self, mail: &str, raw: &str) -> Result<()> {
        self.mail.execute_batch(mail)?;
        self.raw.execute_batch(raw)?;
        Ok(())
    }
}

impl Read<'_> {
    /// Whether the bytes with that hash are here and are what they should be,
    /// read anew and piece by piece.
    pub(crate) fn is_raw_whole(&self, sha256: &[u8; 32]) -> Result<bool> {
        let sql = format!("SELECT id, size FROM {} WHERE sha256 = ?1", self.raw_table);
        let found: Option<(i64, u64)> = self
            .raw
            .prepare_cached(&sql)?
            .query_row([sha256], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((row, size)) = found else {
            return Ok(false);
        };
        if size <= SMALL {
            return match self.raw(sha256) {
                Ok(_) => Ok(true),
                Err(Error::Damaged | Error::NotFound) => Ok(false),
                Err(error) => Err(error),
            };
        }
        let schema = if self.raw_table == "raw" {
            MAIN_DB
        } else {
            c"rawdb"
        };
        let packed = self.raw.blob_open(schema, c"raw", c"zstd", row, true)?;
        // Damaged bytes may claim any length.
        let unpacked = Decoder::new(packed).and_then(|decoder| digest(decoder.take(size + 1)));
        Ok(unpacked.is_ok_and(|(length, hash)| length == size && hash == *sha256))
    }

    /// The bytes with that hash, checked against it.
    pub(crate) fn raw(&self, sha256: &[u8; 32]) -> Result<Vec<u8>> {
        let sql = format!(
            "SELECT size, zstd FROM {} WHERE sha256 = ?1",
            self.raw_table
        );
        let (size, packed): (u64, Vec<u8>) = self
            .raw
            .prepare_cached(&sql)?
            .query_row([sha256], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .ok_or(Error::NotFound)?;
        let raw = unpack(&packed, size)?;
        if Sha256::digest(&raw)[..] != sha256[..] {
            return Err(Error::Damaged);
        }
        Ok(raw)
    }
}
