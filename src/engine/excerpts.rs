//! What of a message a search found.

use std::collections::HashMap;

use super::Handle;
use super::searching::text;
use crate::error::Result;
use crate::model::{EmailId, Excerpt, PlacementId, SearchQuery};
use crate::search::Marker;
use crate::store::{self, Read};

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
                    let found = match of_message(r, &marker, email)? {
                        Some(found) if !found.marks.is_empty() => Some(found),
                        other => of_documents(r, &marker, email)?.or(other),
                    };
                    excerpts.extend(found.map(|excerpt| (id, excerpt)));
                }
                Ok(excerpts)
            });
            Ok(excerpts.await?)
        })
        .await
    }
}

/// The piece of the body, unless only an attached text has the words.
fn of_message(read: &Read<'_>, marker: &Marker, email: EmailId) -> store::Result<Option<Excerpt>> {
    Ok(text(read, email)?.and_then(|text| {
        [text.body, text.contents]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(|text| marker.excerpt(&text))
            .min_by_key(|excerpt| excerpt.marks.is_empty())
    }))
}

/// The piece of the first attached document that has the words.
fn of_documents(
    read: &Read<'_>,
    marker: &Marker,
    email: EmailId,
) -> store::Result<Option<Excerpt>> {
    let documents = read.documents(email)?.into_iter();
    let mut excerpts = documents.map(|document| Excerpt {
        file: Some(document.name),
        ..marker.excerpt(&document.text)
    });
    Ok(excerpts.find(|excerpt| !excerpt.marks.is_empty()))
}
