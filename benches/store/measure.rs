//! What a filled store takes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use waxwing::engine::{Handle, parse_search};
use waxwing::model::{FlagChange, FolderId, ListView, Listing, SearchOrder, Sort, SortKey};

use crate::mail::Mail;
use crate::questions::questions;
use crate::{Outcome, fill, usage};

/// As many rows as a window shows.
const PAGE: usize = 50;

/// One message of so many tells how much text there is.
const EVERY: usize = 100;

/// As many as a person marks who marks everything.
const MARKED: usize = 50_000;

pub(crate) fn run(profile: &Path) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut opened = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let engine = fill::engine(profile, false)?;
        runtime.block_on(first_page(&engine.handle()))?;
        opened.push(began.elapsed());
        engine.shutdown()?;
    }
    let engine = fill::engine(profile, false)?;
    let handle = engine.handle();
    let folder = runtime.block_on(first_page(&handle))?;
    println!("  open, first page:    {}", spread(&mut opened));
    runtime.block_on(jump(&handle, folder))?;
    runtime.block_on(search(&handle))?;
    println!(
        "  memory:              {} MB at most, {} MB now",
        usage::memory()?.0,
        usage::memory()?.1
    );
    runtime.block_on(mark(&handle, folder))?;
    runtime.block_on(move_there_and_back(&handle, folder))?;
    println!(
        "  arrived until found: {}",
        spread(&mut fill::arrivals(&handle, &runtime, profile)?)
    );
    let text = runtime.block_on(text_of_all(&handle, folder))?;
    // Who holds a handle holds the profile.
    drop(handle);
    engine.shutdown()?;
    let index = profile.join("data/index.db");
    let engine = fill::engine(profile, true)?;
    runtime.block_on(orders(&engine.handle(), profile))?;
    for state in ["as it was written", "merged in quiet"] {
        let size = usage::in_use(&index)?;
        println!(
            "  index:               {} MB of {} MB of text: {:.3}, {state}",
            size >> 20,
            text >> 20,
            size as f64 / text as f64
        );
        until_quiet(&index)?;
    }
    engine.shutdown()?;
    let files = usage::size(profile)?;
    println!("  on disk:             {} MB", files >> 20);
    Ok(())
}

async fn first_page(handle: &Handle) -> Outcome<FolderId> {
    let folders = handle.folders(None).await?;
    let folder = folders.first().ok_or("no folder")?.id;
    // As the window does: the whole order follows.
    let first = handle.first_rows(ListView::Folder(folder), PAGE).await?;
    let page = handle.envelopes(first.iter().copied().collect()).await?;
    (page.len() == PAGE)
        .then_some(folder)
        .ok_or_else(|| "rows are missing".into())
}

/// To anywhere in the folder, as with the scroll bar.
async fn jump(handle: &Handle, folder: FolderId) -> Outcome {
    let mut random = StdRng::seed_from_u64(4);
    let began = Instant::now();
    let order = handle.order(ListView::Folder(folder)).await?;
    println!("  the whole order:     {}", spread(&mut [began.elapsed()]));
    let mut times = Vec::new();
    for _ in 0..200 {
        let at = random.random_range(0..order.len().saturating_sub(PAGE).max(1));
        let page = order.iter().skip(at).take(PAGE).copied().collect();
        let began = Instant::now();
        handle.envelopes(page).await?;
        times.push(began.elapsed());
    }
    println!("  jump to anywhere:    {}", spread(&mut times));
    Ok(())
}

/// Orders that are sorted the first time, and kept from then on.
async fn orders(handle: &Handle, profile: &Path) -> Outcome {
    let folders = handle.folders(None).await?;
    let folder = folders.first().ok_or("no folder")?.id;
    let sorted_by = |key| {
        let mut listing = Listing::from(ListView::Folder(folder));
        listing.sort = Sort {
            key,
            descending: false,
        };
        listing
    };
    let keys = [SortKey::Sender, SortKey::Subject, SortKey::Size];
    let mut sorted = BTreeMap::new();
    for key in keys {
        let began = Instant::now();
        handle.order(sorted_by(key)).await?;
        sorted.insert(format!("{key:?}"), began.elapsed());
    }
    let began = Instant::now();
    while usage::kept_orders(profile)? < keys.len() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!(
        "  keeping three orders: {:.1} s",
        began.elapsed().as_secs_f64()
    );
    for key in keys {
        let name = format!("{key:?}");
        let began = Instant::now();
        let first = handle.first_rows(sorted_by(key), PAGE).await?;
        let page = began.elapsed();
        let whole = handle.order(sorted_by(key)).await?;
        println!(
            "  the order by {name:<8} sorted {:.1} ms, kept: page {:.2} ms, all {:.1} ms",
            millis(sorted[&name]),
            millis(page),
            millis(began.elapsed() - page)
        );
        if first.to_vec() != whole[..PAGE.min(whole.len())] {
            return Err("the first rows are not the first".into());
        }
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

async fn search(handle: &Handle) -> Outcome {
    let mail = Mail::new(fill::SEED);
    let mut of_kind: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    let (mut all, mut found) = (Vec::new(), BTreeMap::new());
    for question in questions(&mail, 28) {
        let began = Instant::now();
        let results = handle
            .search(
                parse_search(&question.ours).query,
                None,
                SearchOrder::Newest,
                PAGE,
            )
            .await?;
        let time = began.elapsed();
        all.push(time);
        of_kind.entry(question.kind).or_default().push(time);
        *found.entry(question.kind).or_insert(0) += results.ids.len();
    }
    println!("  search, {} of them:  {}", all.len(), spread(&mut all));
    for (kind, mut times) in of_kind {
        println!(
            "    {kind:<32} {}, {} found",
            spread(&mut times),
            found[kind]
        );
    }
    Ok(())
}

/// Waits until nobody has written to the file for a while.
fn until_quiet(path: &Path) -> Outcome {
    let log = path.with_extension("db-wal");
    let changed = || Outcome::Ok((log.metadata()?.modified()?, usage::in_use(path)?));
    let mut before = changed()?;
    loop {
        std::thread::sleep(Duration::from_secs(12));
        let now = changed()?;
        if now == before {
            return Ok(());
        }
        before = now;
    }
}

/// Marks the newest, and back again.
async fn mark(handle: &Handle, folder: FolderId) -> Outcome {
    let order = handle.order(ListView::Folder(folder)).await?;
    let newest: Vec<_> = order.iter().take(MARKED).copied().collect();
    let mut times = Vec::new();
    for on in [false, true] {
        let began = Instant::now();
        handle.mark(newest.clone(), FlagChange::seen(on)).await?;
        times.push(began.elapsed());
    }
    println!("  marking {}:       {}", newest.len(), spread(&mut times));
    Ok(())
}

/// Moves the newest to another folder, and all of that back.
async fn move_there_and_back(handle: &Handle, folder: FolderId) -> Outcome {
    let folders = handle.folders(None).await?;
    let other = folders.last().ok_or("no folder")?.id;
    let mut times = Vec::new();
    for (from, to) in [(folder, other), (other, folder)] {
        let order = handle.order(ListView::Folder(from)).await?;
        let newest: Vec<_> = order.iter().take(MARKED).copied().collect();
        let began = Instant::now();
        handle.move_to(newest, to).await?;
        times.push(began.elapsed());
    }
    println!("  moving as many:      {}", spread(&mut times));
    Ok(())
}

/// About how many bytes of text there are to be found, from every hundredth
/// message.
async fn text_of_all(handle: &Handle, folder: FolderId) -> Outcome<u64> {
    let order = handle.order(ListView::Folder(folder)).await?;
    let mut size = 0;
    for row in order.iter().step_by(EVERY) {
        let email = handle.email(*row).await?;
        let people = [&email.from, &email.to, &email.cc].into_iter().flatten();
        let people = people.map(|one| one.to_string().len()).sum::<usize>();
        let names = email.attachments.iter().map(|one| one.name.len());
        size += email.text.len() + email.subject.len() + people + names.sum::<usize>();
    }
    Ok((size * EVERY) as u64)
}

/// Half of them take at most, 95 of 100, all.
pub(crate) fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| {
        let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times
            .get(index)
            .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    format!(
        "p50 {:.2} ms, p95 {:.2} ms, worst {:.2} ms",
        at(50),
        at(95),
        at(100)
    )
}
