//! A dialogue that breaks after any of its answers, and in the middle of any.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;

use super::bench::{Bench, Mail};
use super::server::{Fault, Then};
use crate::ErrorKind;

/// Counts the answers of a dialogue.
fn counting(count: &Arc<AtomicUsize>) -> Fault {
    let count = Arc::clone(count);
    Box::new(move |_, answers, _| {
        count.fetch_add(answers.len(), Ordering::SeqCst);
        Then::GoOn
    })
}

/// Hangs up after `left` answers; with `half`, in the middle of the next one.
fn cut_after(mut left: usize, half: bool) -> Fault {
    Box::new(move |_, answers, _| {
        if answers.len() <= left {
            left -= answers.len();
            return Then::GoOn;
        }
        answers.truncate(left + 1);
        if let Some(last) = answers.last_mut() {
            last.truncate(if half { last.len() / 2 } else { 0 });
        }
        Then::HangUp
    })
}

/// All contents, whatever folder they lie in, each as often as it is there.
fn contents(mail: &Mail) -> Vec<String> {
    let mails = mail.values().flatten();
    let mut all: Vec<String> = mails.map(|(_, _, hash)| hash.clone()).collect();
    all.sort();
    all
}

async fn cut_everywhere(begin: Begin, least: usize) {
    let undisturbed = begin.bench().await;
    let count = Arc::new(AtomicUsize::new(0));
    undisturbed.pass(counting(&count)).await.unwrap();
    undisturbed.assert_in_step("undisturbed").await;
    let wanted = undisturbed.there();
    let length = count.load(Ordering::SeqCst);
    assert!(length > least, "a dialogue of {length} answers");
    let mut playing = JoinSet::new();
    for cut in 0..length {
        // In the middle of every third: each of them costs a store.
        for half in [false, true]
            .into_iter()
            .take(1 + usize::from(cut % 3 == 0))
        {
            if playing.len() == 4 {
                playing.join_next().await.unwrap().unwrap();
            }
            let wanted = wanted.clone();
            playing.spawn(async move {
                let bench = begin.bench().await;
                let name = format!("cut after answer {cut}, half of the next: {half}");
                match bench.pass(cut_after(cut, half)).await {
                    Err(error) => assert_eq!(error.kind(), ErrorKind::Offline, "{name}: {error}"),
                    // Nobody waits for the answer to LOGOUT.
                    Ok(_) => assert!(cut + 3 > length, "{name}"),
                }
                bench.assert_sound(&name).await;
                bench.assert_in_step(&name).await;
                assert_eq!(contents(&bench.there()), contents(&wanted), "{name}");
            });
        }
    }
    playing.join_all().await;
}

/// What a dialogue begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    Empty,
    /// The server tells the size of folders, so small ones are read whole.
    EmptyAndSmall,
    News,
    /// The server can copy and expunge, but not move.
    NewsWithoutMove,
}

impl Begin {
    async fn bench(self) -> Bench {
        if self == Self::Empty {
            return Bench::new();
        }
        if self == Self::EmptyAndSmall {
            let bench = Bench::new();
            bench.server.world().capabilities.push_str(" STATUS=SIZE");
            return bench;
        }
        let bench = Bench::with_news().await;
        if self == Self::NewsWithoutMove {
            let mut world = bench.server.world();
            world.capabilities = world.capabilities.replace(" MOVE", "");
        }
        bench
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_pass_cut_after_any_answer_is_made_good() {
    cut_everywhere(Begin::Empty, 40).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_pass_over_small_folders_cut_after_any_answer_is_made_good() {
    cut_everywhere(Begin::EmptyAndSmall, 25).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pass_with_news_on_both_sides_cut_after_any_answer_is_made_good() {
    cut_everywhere(Begin::News, 30).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_by_copying_cut_after_any_answer_is_made_good() {
    cut_everywhere(Begin::NewsWithoutMove, 30).await;
}
