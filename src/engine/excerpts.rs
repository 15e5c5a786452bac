//! What of a message a search found.

use std::collections::HashMap;

use super::Handle;
use super::searching::text;
use crate::error::Result;
use crate::model::{Excerpt, PlacementId, SearchQuery};
use crate::search::Marker;
use crate::store;

impl Handle {
    /// The pieces of these messages' texts in which the words of the search
    /// stand: for rows in sight, since each message is read for it. Of what is
    /// gone, or not here with its text, there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn excerpts(
        &self,
        query: &SearchQuery,
        ids: Vec<PlacementId>,
    ) -> Result<HashMap<PlacementId, Excerpt>> {
        let marker = Marker::new(query);
        self.run(async move |shared| {
            let excerpts = shared.store.read(move |r| {
                let mut excerpts = HashMap::new();
                for id in ids {
                    let email = match r.placement(id) {
                        Ok(row) => row.email,
                        Err(store::Error::NotFound) => continue,
                        Err(error) => return Err(error),
                    };
                    // The body, unless only an attached text has the words.
                    let found = text(r, email)?.and_then(|text| {
                        [text.body, text.contents]
                            .into_iter()
                            .filter(|text| !text.is_empty())
                            .map(|text| marker.excerpt(&text))
                            .min_by_key(|excerpt| excerpt.marks.is_empty())
                    });
                    excerpts.extend(found.map(|excerpt| (id, excerpt)));
                }
                Ok(excerpts)
            });
            Ok(excerpts.await?)
        })
        .await
    }
}
