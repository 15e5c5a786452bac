//! What a window keeps for the next start.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Handle;
use super::reading::blocking;
use crate::config::settings::SavedSearch;
use crate::config::{Settings, UiState};
use crate::error::Result;

/// How the window was left, on its way to the disk: one after the other, and
/// never an earlier one after a later one.
#[derive(Default)]
pub(super) struct Leaving {
    /// What is to be written.
    newest: Mutex<Option<UiState>>,
    /// Held by whoever writes.
    turn: tokio::sync::Mutex<()>,
}

impl Leaving {
    fn newest(&self) -> MutexGuard<'_, Option<UiState>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handle {
    /// How the window was left.
    #[must_use]
    pub fn window_state(&self) -> UiState {
        UiState::load(&self.shared.profile).value
    }

    /// Keeps how the window is left.
    ///
    /// # Errors
    /// When it cannot be saved.
    pub async fn keep_window_state(&self, state: UiState) -> Result<()> {
        *self.shared.leaving.newest() = Some(state);
        self.run(async move |shared| {
            let _turn = shared.leaving.turn.lock().await;
            // Nothing where a later one was written in an earlier turn.
            let Some(state) = shared.leaving.newest().take() else {
                return Ok(());
            };
            let profile = shared.profile.clone();
            blocking(move || state.save(&profile)).await
        })
        .await
    }

    /// Keeps searches under names, in this order, in place of those before.
    ///
    /// # Errors
    /// When the preferences cannot be saved.
    pub async fn keep_searches(&self, searches: Vec<SavedSearch>) -> Result<()> {
        let change = move |settings: &mut Settings| settings.saved_search = searches;
        self.run(async move |shared| blocking(move || shared.change_preferences(change)).await)
            .await
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use futures::future::join_all;

    use super::*;
    use crate::config::Profile;
    use crate::engine::{Engine, Options, SecretsChoice};

    #[test]
    fn what_is_kept_in_quick_succession_is_kept_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let engine = Engine::start(Options {
            profile: Profile::at(dir.path()).unwrap(),
            secrets: SecretsChoice::Memory,
            online: false,
            program: None,
        });
        let engine = engine.unwrap();
        let handle = engine.handle();
        let states = (100..140).map(|zoom| UiState {
            zoom,
            ..UiState::default()
        });
        let kept = block_on(join_all(
            states.map(|state| handle.keep_window_state(state)),
        ));
        for outcome in kept {
            outcome.unwrap();
        }
        assert_eq!(handle.window_state().zoom, 139);
        engine.shutdown().unwrap();
    }
}
