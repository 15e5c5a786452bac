//! `secrets.enc`: secrets under a passphrase.
//!
//! ```text
//! magic 8 | version 1 | memory KiB 4 | passes 4 | lanes 4 | salt 16 | nonce 24 | sealed JSON
//! ```
//!
//! Numbers are little-endian. Argon2id (RFC 9106) makes the key out of the
//! passphrase; XChaCha20-Poly1305 seals the secrets and vouches for the header.

use std::collections::BTreeMap;
use std::path::PathBuf;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use rand::RngExt;
use zeroize::Zeroizing;

use super::SecretId;
use super::trouble::SecretsTrouble;
use crate::config::file as disk;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Password;

const MAGIC: [u8; 8] = *b"WAXWSEC\n";
const VERSION: u8 = 1;
const HEADER_LEN: usize = 8 + 1 + 12 + 16 + 24;

/// What making a key costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// RFC 9106's choice for little memory, 4: 64 MiB, three passes.
    const NEW: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 4,
    };

    /// The header is not vouched for before the key is made: a forged one must
    /// not exhaust the machine.
    fn is_bearable(self) -> bool {
        (8..=1024 * 1024).contains(&self.memory_kib)
            && (1..=16).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
    }
}

#[derive(Clone, Copy)]
struct Header {
    cost: Cost,
    salt: [u8; 16],
    nonce: [u8; 24],
}

/// A key with what it was made from besides the passphrase.
struct DerivedKey {
    cost: Cost,
    salt: [u8; 16],
    key: Zeroizing<[u8; 32]>,
}

pub(super) struct SecretsFile {
    path: PathBuf,
    passphrase: Password,
    /// Making a key takes a good part of a second: once for the process.
    key: Option<DerivedKey>,
}

type Entries = BTreeMap<String, Password>;

impl SecretsFile {
    pub(super) fn new(path: PathBuf, passphrase: Password) -> Result<Self> {
        if passphrase.reveal().is_empty() {
            return Err(Error::new(
                ErrorKind::Secrets,
                "The secrets file needs a passphrase, and an empty one was given.",
            )
            .hint("Set WAXWING_PASSPHRASE, or type one when asked."));
        }
        Ok(Self {
            path,
            passphrase,
            key: None,
        })
    }

    pub(super) fn get(&mut self, id: SecretId) -> Result<Option<Password>> {
        Ok(self.read()?.remove(&id.to_string()))
    }

    pub(super) fn set(&mut self, id: SecretId, secret: &Password) -> Result<()> {
        let mut entries = self.read()?;
        entries.insert(id.to_string(), secret.clone());
        self.write(&entries)
    }

    /// The file goes with its last secret: a passphrase that guards nothing
    /// must not be asked for.
    pub(super) fn remove(&mut self, id: SecretId) -> Result<()> {
        let mut entries = self.read()?;
        if entries.remove(&id.to_string()).is_none() {
            return Ok(());
        }
        if entries.is_empty() {
            return disk::remove(&self.path);
        }
        self.write(&entries)
    }

    fn read(&mut self) -> Result<Entries> {
        let Some(bytes) = disk::read(&self.path)? else {
            return Ok(Entries::new());
        };
        let Some((head, sealed)) = bytes.split_at_checked(HEADER_LEN) else {
            return Err(self.damaged());
        };
        let header = self.parse_header(head)?;
        let opened = self
            .cipher(header.cost, header.salt)?
            .decrypt(
                &XNonce::from(header.nonce),
                Payload {
                    msg: sealed,
                    aad: head,
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| self.wrong_passphrase())?;
        let entries: BTreeMap<String, String> =
            serde_json::from_slice(&opened).map_err(|_| self.damaged())?;
        Ok(entries
            .into_iter()
            .map(|(name, secret)| (name, Password::new(secret)))
            .collect())
    }

    fn write(&mut self, entries: &Entries) -> Result<()> {
        let (cost, salt) = match &self.key {
            Some(key) => (key.cost, key.salt),
            None => (Cost::NEW, rand::rng().random()),
        };
        let header = Header {
            cost,
            salt,
            nonce: rand::rng().random(),
        };
        let plain: BTreeMap<&str, &str> = entries
            .iter()
            .map(|(name, secret)| (name.as_str(), secret.reveal()))
            .collect();
        // Room for everything at once: growing would leave copies behind.
        // JSON escapes make of one byte six at most.
        let room: usize = plain
            .iter()
            .map(|(name, secret)| name.len() + 6 * secret.len() + 8)
            .sum();
        let mut json = Zeroizing::new(Vec::with_capacity(room + 2));
        serde_json::to_writer(&mut *json, &plain).map_err(|_| self.unsealable())?;
        let head = header.to_bytes();
        let sealed = self
            .cipher(cost, salt)?
            .encrypt(
                &XNonce::from(header.nonce),
                Payload {
                    msg: &json,
                    aad: &head,
                },
            )
            .map_err(|_| self.unsealable())?;
        disk::write_atomically(&self.path, &[head.as_slice(), &sealed].concat())
    }

    fn cipher(&mut self, cost: Cost, salt: [u8; 16]) -> Result<XChaCha20Poly1305> {
        let key = match self.key.take() {
            Some(key) if key.cost == cost && key.salt == salt => key,
            _ => self.derive(cost, salt)?,
        };
        let cipher = XChaCha20Poly1305::new(&Key::from(*key.key));
        self.key = Some(key);
        Ok(cipher)
    }

    fn derive(&self, cost: Cost, salt: [u8; 16]) -> Result<DerivedKey> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
            .map_err(|_| self.damaged())?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.passphrase.reveal().as_bytes(), &salt, &mut *key)
            .map_err(|_| self.unsealable())?;
        Ok(DerivedKey { cost, salt, key })
    }

    fn parse_header(&self, head: &[u8]) -> Result<Header> {
        let Some(rest) = head.strip_prefix(&MAGIC) else {
            return Err(self.damaged());
        };
        match rest.split_first() {
            Some((&VERSION, fields)) => Header::parse(fields).ok_or_else(|| self.damaged()),
            Some((version, _)) if *version > VERSION => Err(Error::new(
                ErrorKind::Secrets,
                format!(
                    "A newer Waxwing wrote the secrets file {}.",
                    self.path.display()
                ),
            )
            .hint("Use that one. The file is left as it is.")),
            _ => Err(self.damaged()),
        }
    }

    fn wrong_passphrase(&mut self) -> Error {
        self.key = None;
        Error::new(
            ErrorKind::Secrets,
            format!(
                "The secrets file {} does not open: the passphrase is wrong, or the file was changed.",
                self.path.display()
            ),
        )
        .hint("Check WAXWING_PASSPHRASE, or type the passphrase again.")
        .source(SecretsTrouble::WrongPassphrase)
    }

    fn damaged(&self) -> Error {
        Error::new(
            ErrorKind::Secrets,
            format!("The secrets file {} is damaged.", self.path.display()),
        )
        .hint("Bring it back from a copy, or move it away and give the passwords anew.")
    }

    fn unsealable(&self) -> Error {
        Error::new(
            ErrorKind::Secrets,
            format!(
                "The secrets for {} could not be encrypted.",
                self.path.display()
            ),
        )
    }
}

impl Header {
    fn parse(fields: &[u8]) -> Option<Self> {
        let (memory, fields) = fields.split_first_chunk()?;
        let (passes, fields) = fields.split_first_chunk()?;
        let (lanes, fields) = fields.split_first_chunk()?;
        let (salt, fields) = fields.split_first_chunk()?;
        let (nonce, []) = fields.split_first_chunk()? else {
            return None;
        };
        let cost = Cost {
            memory_kib: u32::from_le_bytes(*memory),
            passes: u32::from_le_bytes(*passes),
            lanes: u32::from_le_bytes(*lanes),
        };
        cost.is_bearable().then_some(Self {
            cost,
            salt: *salt,
            nonce: *nonce,
        })
    }

    fn to_bytes(self) -> Vec<u8> {
        let mut head = Vec::with_capacity(HEADER_LEN);
        head.extend(MAGIC);
        head.push(VERSION);
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            head.extend(number.to_le_bytes());
        }
        head.extend(self.salt);
        head.extend(self.nonce);
        head
    }
}
