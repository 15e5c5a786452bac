//! How long it takes until something is seen, and to scroll.

use std::fs;
use std::time::{Duration, Instant};

use waxwing::engine::Handle;
use waxwing::html::page::{Frame, Spot};

use crate::{Outcome, Sample};

/// A pane of a common window.
pub(crate) const FRAME: Frame = Frame {
    width: 800.0,
    height: 600.0,
    scale: 1.0,
    dark: None,
    fit: false,
};

/// One notch of the wheel.
const STEP: f32 = 60.0;

/// Scrolls so many screens.
const SCREENS: f32 = 10.0;

pub(crate) async fn run(handle: &Handle, samples: &[Sample]) -> Outcome {
    let began = Instant::now();
    let viewer = handle.viewer();
    viewer.ready().await?;
    println!("  a child that waits:   {:.1} ms", millis(began.elapsed()));
    let (mut first, mut again, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    let mut memory = 0;
    for sample in samples {
        let mut least = Duration::MAX;
        for round in 0..5 {
            let began = Instant::now();
            let mail = handle.html_mail(sample.id, false).await?;
            let mail = mail.ok_or("a message without HTML")?;
            let extent = viewer.load(&mail, FRAME).await?;
            viewer.paint(Spot::default()).await?;
            let time = began.elapsed();
            if round == 0 {
                first.push((time, sample.name.as_str()));
            }
            least = least.min(time);
            if round == 4 {
                let end = (extent.height - FRAME.height).min(SCREENS * FRAME.height);
                let mut top = 0.0;
                while top < end {
                    top += STEP;
                    let began = Instant::now();
                    viewer.paint(Spot { x: 0.0, y: top }).await?;
                    steps.push((began.elapsed(), sample.name.as_str()));
                }
            }
        }
        again.push((least, sample.name.as_str()));
        memory = memory.max(child_memory()?);
    }
    println!("  first pixels:         {}", spread(&mut first));
    println!("  of 5 times the least: {}", spread(&mut again));
    println!("  a step of 60 pixels:  {}", spread(&mut steps));
    println!("  memory of the child:  {memory} MB at most");
    Ok(())
}

fn spread(times: &mut [(Duration, &str)]) -> String {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    let (worst, name) = at(100);
    format!(
        "p50 {:.1} ms, p90 {:.1} ms, worst {:.1} ms ({name}), {} of them",
        millis(at(50).0),
        millis(at(90).0),
        millis(worst),
        times.len()
    )
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Megabytes that children of this process ever held (Linux's /proc).
fn child_memory() -> Outcome<u64> {
    let own = format!("PPid:\t{}\n", std::process::id());
    let mut most = 0;
    for process in fs::read_dir("/proc")? {
        let status = fs::read_to_string(process?.path().join("status")).unwrap_or_default();
        if !status.contains(&own) {
            continue;
        }
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        most = most.max(kilobytes.unwrap_or("0").parse::<u64>()? / 1024);
    }
    Ok(most)
}
