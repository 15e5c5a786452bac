use super::*;
use crate::model::{AccountId, Folder};
use crate::protocol::imap::{FolderStatus, Space};
use crate::store::SyncState;

/// Name, MAILBOXID, UIDVALIDITY, UIDNEXT, messages.
type Line = (&'static str, &'static str, u32, u32, u32);

fn row(at: usize, (name, id, validity, next, total): Line) -> FolderRow {
    FolderRow {
        folder: Folder {
            id: FolderId(at as i64),
            account: AccountId(1),
            path: name.to_owned(),
            role: None,
            selectable: true,
            total: total.into(),
            unread: 0,
            watched: false,
            checked: None,
            prefetch: None,
            of_others: false,
            subscribed: true,
        },
        remote_name: name.to_owned(),
        remote_id: id.to_owned(),
        state: SyncState {
            uid_validity: UidValidity::new(validity),
            uid_next: next,
            highest_modseq: None,
            total,
        },
    }
}

fn new((name, id, validity, next, total): Line) -> RemoteFolder {
    RemoteFolder {
        raw: name.to_owned(),
        path: name.to_owned(),
        delimiter: Some('/'),
        role: None,
        selectable: true,
        role_in_question: None,
        subscribed: None,
        takes_children: true,
        space: Space::Personal,
        folder_id: (!id.is_empty()).then(|| id.to_owned()),
        status: (validity > 0).then(|| FolderStatus {
            messages: Some(total.into()),
            uid_next: Some(next),
            uid_validity: Some(validity),
            ..FolderStatus::default()
        }),
    }
}

struct Case {
    name: &'static str,
    known: &'static [Line],
    listed: &'static [Line],
    /// `was` and `is`.
    renamed: &'static [(&'static str, &'static str)],
}

const INBOX: Line = ("INBOX", "", 1, 9, 8);

#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
fn cases() -> Vec<Case> {
    let case = |name, known, listed, renamed| Case {
        name,
        known,
        listed,
        renamed,
    };
    vec![
        case(
            "nothing changed",
            &[INBOX, ("A", "", 2, 5, 4)],
            &[INBOX, ("A", "", 2, 5, 4)],
            &[],
        ),
        case(
            "renamed, by numbers",
            &[INBOX, ("A", "", 2, 5, 4)],
            &[INBOX, ("B", "", 2, 5, 4)],
            &[("A", "B")],
        ),
        case(
            "another generation is another folder",
            &[INBOX, ("A", "", 2, 5, 4)],
            &[INBOX, ("B", "", 3, 5, 4)],
            &[],
        ),
        case(
            "other numbers are another folder",
            &[INBOX, ("A", "", 2, 5, 4), ("C", "", 3, 5, 4)],
            &[INBOX, ("B", "", 2, 6, 4), ("D", "", 3, 5, 3)],
            &[],
        ),
        case(
            "never read to its end",
            &[INBOX, ("A", "", 2, 0, 0)],
            &[INBOX, ("B", "", 2, 0, 0)],
            &[],
        ),
        case(
            "a generation that all folders share says nothing",
            &[INBOX, ("A", "", 1, 5, 4)],
            &[INBOX, ("B", "", 1, 5, 4)],
            &[],
        ),
        case(
            "two went, two came, of one generation",
            &[("A", "", 2, 5, 4), ("B", "", 2, 5, 4)],
            &[("C", "", 2, 5, 4), ("D", "", 2, 5, 4)],
            &[],
        ),
        case(
            "a copy of the index beside the old folder",
            &[("A", "", 2, 5, 4)],
            &[("A", "", 2, 5, 4), ("B", "", 2, 5, 4)],
            &[],
        ),
        case(
            "a new folder whose numbers nobody told",
            &[("A", "", 2, 5, 4)],
            &[("B", "", 0, 0, 0)],
            &[],
        ),
        case(
            "by what the server calls it, whatever came meanwhile",
            &[("A", "x", 2, 5, 4)],
            &[("B", "x", 3, 9, 8)],
            &[("A", "B")],
        ),
        case(
            "two that changed their names with each other",
            &[("A", "x", 2, 5, 4), ("B", "y", 3, 7, 6)],
            &[("A", "y", 3, 7, 6), ("B", "x", 2, 5, 4)],
            &[("A", "B"), ("B", "A")],
        ),
        case(
            "in the place of one that was deleted",
            &[("A", "x", 2, 5, 4), ("B", "y", 3, 7, 6)],
            &[("B", "x", 2, 5, 4)],
            &[("A", "B")],
        ),
        case(
            "one name for several identifies none",
            &[("A", "x", 2, 5, 4), ("B", "x", 3, 7, 6)],
            &[("C", "x", 2, 6, 5), ("B", "x", 3, 7, 6)],
            &[],
        ),
        case(
            "the same numbers, and told to be another",
            &[("A", "x", 2, 5, 4)],
            &[("B", "y", 2, 5, 4)],
            &[],
        ),
        case(
            "with those below, though mail came",
            &[
                ("A", "", 2, 5, 4),
                ("A/b", "", 3, 5, 4),
                ("A/b/c", "", 4, 1, 0),
                ("Ab", "", 5, 2, 1),
            ],
            &[
                ("Z", "", 2, 5, 4),
                ("Z/b", "", 3, 6, 5),
                ("Z/b/c", "", 4, 1, 0),
                ("Zb", "", 5, 3, 2),
            ],
            &[("A", "Z"), ("A/b", "Z/b"), ("A/b/c", "Z/b/c")],
        ),
        case(
            "the inbox was emptied into another folder",
            &[INBOX],
            &[("INBOX", "", 7, 1, 0), ("Old", "", 1, 9, 8)],
            &[],
        ),
    ]
}

#[test]
fn every_case() {
    for case in cases() {
        let rows = case.known.iter().enumerate();
        let known: Vec<_> = rows.map(|(at, line)| row(at, *line)).collect();
        let listed: Vec<_> = case.listed.iter().map(|line| new(*line)).collect();
        let name_of = |id: FolderId| known[usize::try_from(id.0).unwrap()].remote_name.clone();
        let found = renamed_elsewhere(&known, &listed, &HashSet::new());
        let found: Vec<_> = found
            .into_iter()
            .map(|(id, to)| (name_of(id), to))
            .collect();
        let expected = case.renamed.iter();
        let expected: Vec<_> = expected
            .map(|(was, is)| ((*was).to_owned(), (*is).to_owned()))
            .collect();
        assert_eq!(found, expected, "{}", case.name);
    }
}

#[test]
fn a_name_that_is_spoken_for_is_neither_lost_nor_new() {
    let known = [row(0, ("A", "", 2, 5, 4))];
    let listed = [new(("B", "", 2, 5, 4))];
    for name in ["A", "B"] {
        let spoken_for = HashSet::from([name.to_owned()]);
        assert_eq!(renamed_elsewhere(&known, &listed, &spoken_for), []);
    }
}
