//! Conversations against what hangs together by brute force.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{EmailId, MessageId, PlacementId};
use crate::store::tests::{Bench, bench, email};
use crate::store::{NewEmail, NewPlacement, Result, Write};

/// Numbers that are the same with each run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            let other = self.below(end + 1);
            list.swap(end, other);
        }
    }
}

/// Messages of a few conversations, with the faults of real ones: no name, a
/// name that two have, circles, names of messages that are nowhere.
fn forest(dice: &mut Dice, count: usize) -> Vec<NewEmail> {
    let name = |n: usize| format!("{n}@x");
    let mut forest = Vec::new();
    for n in 0..count {
        let mut named = Vec::new();
        while dice.below(3) > 0 {
            // Mostly an earlier one, sometimes a later one or one never seen.
            let end = if dice.below(8) == 0 { count * 2 } else { n + 1 };
            named.push(name(dice.below(end)));
        }
        let own = if dice.below(10) == 0 {
            name(dice.below(count))
        } else {
            name(n)
        };
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        let mut email = email(&own, &named, n as i64);
        if dice.below(10) == 0 {
            email.message_id = None;
        }
        email.subject = n.to_string();
        forest.push(email);
    }
    forest
}

/// Which messages (by subject) are in one conversation: names are put
/// together until nothing changes.
fn oracle(forest: &[NewEmail]) -> BTreeSet<BTreeSet<String>> {
    let mut groups: Vec<(BTreeSet<MessageId>, BTreeSet<String>)> = forest
        .iter()
        .map(|email| {
            let names = email.message_id.iter().chain(&email.named).cloned();
            (names.collect(), BTreeSet::from([email.subject.clone()]))
        })
        .collect();
    loop {
        let meeting = (0..groups.len()).find_map(|one| {
            let meets = |other: &usize| !groups[one].0.is_disjoint(&groups[*other].0);
            (one + 1..groups.len())
                .find(meets)
                .map(|other| (one, other))
        });
        let Some((one, other)) = meeting else {
            return groups.into_iter().map(|(_, subjects)| subjects).collect();
        };
        let (names, subjects) = groups.swap_remove(other);
        groups[one].0.extend(names);
        groups[one].1.extend(subjects);
    }
}

/// Adds a message to the inbox.
fn add(
    w: &Write<'_>,
    bench: (crate::model::FolderId, &NewEmail),
) -> Result<(EmailId, PlacementId)> {
    let (folder, email) = bench;
    let id = w.add_email(email)?;
    let placement = w.add_placement(&NewPlacement {
        email: id,
        folder,
        uid: None,
        flags: crate::model::Flags::default(),
        keywords: vec![],
        date: email.date.timestamp(),
    })?;
    Ok((id, placement))
}

/// As the store has it, by messages and by rows of lists.
async fn stored(bench: &Bench) -> [BTreeSet<BTreeSet<String>>; 2] {
    let read = bench.store.read(|r| {
        let mut both = Vec::new();
        for sql in [
            "SELECT thread, subject FROM email",
            "SELECT p.thread, e.subject FROM placement p JOIN email e ON e.id = p.email",
        ] {
            let mut groups: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
            let mut statement = r.mail.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                groups.entry(row.get(0)?).or_default().insert(row.get(1)?);
            }
            both.push(groups.into_values().collect());
        }
        Ok([both.remove(0), both.remove(0)])
    });
    read.await.unwrap()
}

async fn names_kept(bench: &Bench) -> u64 {
    let count = "SELECT count(*) FROM thread_member";
    let read = bench
        .store
        .read(|r| Ok(r.mail.query_row(count, [], |row| row.get(0))?));
    read.await.unwrap()
}

#[tokio::test]
async fn any_order_of_arrival_gives_what_hangs_together() {
    let mut dice = Dice(0x5eed);
    for round in 0..30 {
        let mut forest = forest(&mut dice, 40);
        let expected = oracle(&forest);
        for _ in 0..3 {
            dice.shuffle(&mut forest);
            let bench = bench().await;
            let (inbox, arriving) = (bench.inbox, forest.clone());
            bench
                .write(move |w| {
                    for email in &arriving {
                        add(w, (inbox, email))?;
                    }
                    Ok(())
                })
                .await;
            let [messages, rows] = stored(&bench).await;
            assert_eq!(messages, expected, "round {round}");
            assert_eq!(rows, expected, "round {round}");
        }
    }
}

#[tokio::test]
async fn what_goes_leaves_the_rest_together_and_nothing_behind() {
    let mut dice = Dice(0xf00d);
    for round in 0..20 {
        let forest = forest(&mut dice, 40);
        let expected = oracle(&forest);
        let bench = bench().await;
        let (inbox, arriving) = (bench.inbox, forest.clone());
        let mut placements = bench
            .write(move |w| {
                let one = |email| Ok((add(w, (inbox, email))?.1, email.subject.clone()));
                arriving.iter().map(one).collect::<Result<Vec<_>>>()
            })
            .await;
        dice.shuffle(&mut placements);
        let gone = placements.split_off(15);
        let subjects: BTreeSet<String> = gone.iter().map(|(_, subject)| subject.clone()).collect();
        bench
            .write(move |w| gone.iter().try_for_each(|(id, _)| w.remove_placement(*id)))
            .await;
        let left: BTreeSet<BTreeSet<String>> = expected
            .iter()
            .map(|group| group.difference(&subjects).cloned().collect())
            .filter(|group: &BTreeSet<String>| !group.is_empty())
            .collect();
        assert_eq!(stored(&bench).await, [left.clone(), left], "round {round}");
        bench
            .write(move |w| {
                let mut last = placements.iter();
                last.try_for_each(|(id, _)| w.remove_placement(*id))
            })
            .await;
        assert_eq!(names_kept(&bench).await, 0, "round {round}");
    }
}

#[tokio::test]
async fn of_two_conversations_the_smaller_gets_the_name_of_the_larger() {
    let bench = bench().await;
    let (first, _) = bench.add(email("small@x", &[], 1), 1).await;
    let (large, _) = bench.add(email("large@x", &[], 2), 2).await;
    for n in 3..9 {
        let name = format!("{n}@x");
        bench.add(email(&name, &["large@x"], n.into()), n).await;
    }
    bench
        .add(email("both@x", &["small@x", "large@x"], 20), 20)
        .await;
    let threads = bench.store.read(move |r| {
        let sql = "SELECT thread FROM email WHERE id IN (?1, ?2)";
        let mut statement = r.mail.prepare(sql)?;
        let rows = statement.query_map([first.0, large.0], |row| row.get::<_, i64>(0))?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    });
    assert_eq!(threads.await.unwrap(), [large.0, large.0]);
}
