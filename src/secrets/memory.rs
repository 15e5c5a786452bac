//! Secrets that end with the process: for demos and tests.

use std::collections::HashMap;

use super::SecretId;
use crate::model::Password;

#[derive(Default)]
pub(super) struct Memory(HashMap<SecretId, Password>);

impl Memory {
    pub(super) fn get(&self, id: SecretId) -> Option<Password> {
        self.0.get(&id).cloned()
    }

    pub(super) fn set(&mut self, id: SecretId, secret: &Password) {
        self.0.insert(id, secret.clone());
    }

    pub(super) fn remove(&mut self, id: SecretId) {
        self.0.remove(&id);
    }
}
