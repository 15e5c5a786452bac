//! A large folder at first sight: whole at once over a fast line, its list
//! first over a slow one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::bench::{Bench, letter};
use super::server::{Fault, Then};

/// The bench with as many further messages in the inbox.
fn bench_with(messages: usize) -> Bench {
    let bench = Bench::new();
    let mut world = bench.server.world();
    for n in 0..messages {
        world.named("INBOX").deliver(&letter(&format!("more-{n}")));
    }
    drop(world);
    bench
}

/// Notes what is asked for, and takes so long for each of the first answers with
/// bodies.
fn noting(pause: Duration) -> (Fault, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let mut slow = 4;
    let fault: Fault = Box::new(move |command, _, _| {
        if command.contains("BODY.PEEK[]") && slow > 0 {
            slow -= 1;
            std::thread::sleep(pause);
        }
        noted.lock().unwrap().push(command.to_owned());
        Then::GoOn
    });
    (fault, asked)
}

fn count(asked: &Mutex<Vec<String>>, words: &str) -> usize {
    let asked = asked.lock().unwrap();
    asked
        .iter()
        .filter(|command| command.contains(words))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_fast_line_only_the_first_screen_comes_twice() {
    let bench = bench_with(700);
    let (fault, asked) = noting(Duration::ZERO);
    bench.pass(fault).await.unwrap();
    // The first screens of the inbox and of the archive.
    assert_eq!(count(&asked, "HEADER.FIELDS"), 2, "{asked:?}");
    assert_eq!(bench.here().await, bench.there());
    bench.assert_in_step("fast").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_slow_line_the_list_goes_first() {
    let bench = bench_with(3_000);
    let (fault, asked) = noting(Duration::from_secs(3));
    bench.pass(fault).await.unwrap();
    let asked = asked.lock().unwrap().clone();
    let last_header = asked
        .iter()
        .rposition(|command| command.contains("HEADER.FIELDS"));
    let bodies = asked.iter().enumerate();
    let before = bodies
        .filter(|(at, command)| command.contains("BODY.PEEK[]") && Some(*at) < last_header)
        .count();
    assert!((2..=5).contains(&before), "{before} of {asked:?}");
    assert_eq!(bench.here().await, bench.there());
    bench.assert_in_step("slow").await;
}
