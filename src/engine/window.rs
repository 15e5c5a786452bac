//! What a window keeps for the next start.

use super::Handle;
use super::reading::blocking;
use crate::config::settings::SavedSearch;
use crate::config::{Settings, UiState};
use crate::error::Result;

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
        self.run(async move |shared| blocking(move || state.save(&shared.profile)).await)
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
