//! People one has mail from, or wrote to.

use std::collections::HashMap;

use super::Handle;
use crate::error::Result;
use crate::model::{Address, SearchField, SearchOrder, SearchQuery, SearchTerm};
use crate::search::Marker;
use crate::store::{Search, Stop};

/// So many of the newest messages with such a name are looked into.
const NEWEST: usize = 200;

impl Handle {
    /// People whose name or address has words that begin so, those first who
    /// stand in most of the newest messages. Cheap enough for each letter of a
    /// word being typed.
    ///
    /// # Errors
    /// When the store fails or has no index.
    pub async fn people(&self, begins: &str, limit: usize) -> Result<Vec<Address>> {
        let named = |field| {
            SearchQuery::Term(SearchTerm::Text {
                field,
                words: begins.to_owned(),
                prefix: true,
            })
        };
        let query = SearchQuery::Or(vec![named(SearchField::From), named(SearchField::To)]);
        let marker = Marker::new(&query);
        self.run(async move |shared| {
            let search = Search {
                query,
                account: None,
                accounts: Vec::new(),
                order: SearchOrder::Newest,
                limit: NEWEST,
            };
            let found = shared.store.search(search, Stop::default()).await?;
            let messages = shared.store.read(move |r| r.envelopes(&found)).await?;
            let people = messages
                .iter()
                .flat_map(|one| one.from.iter().chain(&one.to));
            Ok(most_frequent(people, &marker, limit))
        })
        .await
    }
}

/// Of these people, those of the newest messages first, the ones that the marker
/// marks: whoever is there most often first, under the name used last.
fn most_frequent<'a>(
    all: impl Iterator<Item = &'a Address>,
    marker: &Marker,
    limit: usize,
) -> Vec<Address> {
    let mut people: Vec<(Address, usize)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for one in all {
        let is_meant = [SearchField::From, SearchField::To]
            .into_iter()
            .any(|field| !marker.marks(field, &one.to_string()).is_empty());
        if one.address.is_empty() || !is_meant {
            continue;
        }
        let place = *places
            .entry(one.address.to_lowercase())
            .or_insert(people.len());
        match people.get_mut(place) {
            Some((known, count)) => {
                *count += 1;
                if known.name.is_empty() {
                    known.name.clone_from(&one.name);
                }
            }
            None => people.push((one.clone(), 1)),
        }
    }
    // Stable: of equals whoever stands in a newer message.
    people.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    people.truncate(limit);
    people.into_iter().map(|(address, _)| address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_there_most_often_comes_first_under_the_last_name() {
        let people = [
            ("", "Ada@Lindqvist.example"),
            ("Adam Reed", "adam@reed.example"),
            ("Robin", "robin@marsh.example"),
            ("Ada Lindqvist", "ada@lindqvist.example"),
            ("Ádám", "a@example.test"),
            ("Someone", "mail@adamant.example"),
            ("Ada", ""),
        ]
        .map(|(name, address)| Address::new(name, address));
        let found = |begins: &str, limit| -> Vec<String> {
            let term = SearchTerm::Text {
                field: SearchField::From,
                words: begins.to_owned(),
                prefix: true,
            };
            let marker = Marker::new(&SearchQuery::Term(term));
            let found = most_frequent(people.iter(), &marker, limit);
            found.iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            found("ada", 9),
            [
                "Ada Lindqvist <Ada@Lindqvist.example>",
                "Adam Reed <adam@reed.example>",
                "Ádám <a@example.test>",
                "Someone <mail@adamant.example>",
            ]
        );
        assert_eq!(found("ada lind", 9).len(), 1);
        assert_eq!(found("ada", 2).len(), 2);
        assert!(found("nobody", 9).is_empty());
    }
}
