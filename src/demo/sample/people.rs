//! Names for the addresses in the sample mail.

/// Whoever writes or gets a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// The name shown; empty if there is none.
    pub(super) name: String,
    /// The address.
    pub(super) address: String,
}

impl Person {
    /// The part of the address after the `@`.
    pub(super) fn domain(&self) -> &str {
        self.address
            .split_once('@')
            .map_or("waxwing.test", |(_, domain)| domain)
    }
}

/// The short names of `people.txt`: `maud = Maud Castellan <maud@…>`.
#[derive(Debug, Default)]
pub(super) struct People(Vec<(String, Person)>);

impl People {
    /// Reads the list.
    pub(super) fn read(list: &str) -> Self {
        Self(
            list.lines()
                .filter_map(|line| line.split_once('='))
                .filter_map(|(short, long)| Some((short.trim().to_owned(), written(long)?)))
                .collect(),
        )
    }

    /// The people of a field: short names or `Name <address>`, separated by
    /// semicolons. `None` if one of them is neither.
    pub(super) fn find(&self, field: &str) -> Option<Vec<Person>> {
        field
            .split(';')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| {
                self.0
                    .iter()
                    .find(|(short, _)| short == name)
                    .map(|(_, person)| person.clone())
                    .or_else(|| written(name))
            })
            .collect()
    }
}

/// `Name <address>` or a bare address.
fn written(text: &str) -> Option<Person> {
    let text = text.trim();
    let (name, address) = match text.split_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"'), rest.strip_suffix('>')?),
        None => ("", text),
    };
    address.contains('@').then(|| Person {
        name: name.to_owned(),
        address: address.to_owned(),
    })
}
