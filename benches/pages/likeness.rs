//! How like Chromium's pictures of the same files ours are: the correlation of
//! the grey pictures at an eighth of their size, and their heights.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use image::imageops::{FilterType, resize};
use image::{GrayImage, Luma};
use waxwing::engine::Handle;
use waxwing::html::page::Spot;

use crate::times::FRAME;
use crate::{Outcome, Sample};

/// Taller than any of them.
const TALL: u32 = 16_000;

/// The same default font and wrapping as our pages have.
const SHEET: &str = "<style>html{font-family:sans-serif}body{overflow-wrap:break-word}\
     pre,tt,code,kbd,samp{font-size:13px}</style>";

pub(crate) async fn run(
    handle: &Handle,
    samples: &[Sample],
    chromium: &str,
    pictures: &Path,
) -> Outcome {
    let (mut all, mut tall) = (Vec::new(), 0);
    for sample in samples {
        let ours = painted(handle, sample, &pictures.join(&sample.name)).await?;
        let theirs = photographed(sample, chromium, &pictures.join(&sample.name))?;
        let heights = (height(&ours), height(&theirs));
        let likeness = correlation(&ours, &theirs, heights.0.max(heights.1));
        let apart = f64::from(heights.0) / f64::from(heights.1) - 1.0;
        println!(
            "  {likeness:.3}  {:>5} of {:>5} pixels ({:+.1} %)  {}",
            heights.0,
            heights.1,
            apart * 100.0,
            sample.name
        );
        tall += usize::from(apart.abs() <= 0.1);
        all.push(likeness);
    }
    all.sort_by(f64::total_cmp);
    println!(
        "  likeness: median {:.3}, at least 0.9: {} of {}, height within 10 %: {tall}",
        all[all.len() / 2],
        all.iter().filter(|one| **one >= 0.9).count(),
        all.len()
    );
    Ok(())
}

/// Our picture of the whole page.
async fn painted(handle: &Handle, sample: &Sample, file: &Path) -> Outcome<GrayImage> {
    let mail = handle.html_mail(sample.id, false).await?;
    let viewer = handle.viewer();
    let mail = mail.ok_or("a message without HTML")?;
    let extent = viewer.load(&mail, FRAME).await?;
    let mut whole = viewer.paint(Spot::default()).await?;
    let mut y = FRAME.height;
    while y < extent.height {
        let strip = viewer.paint(Spot { x: 0.0, y }).await?;
        whole = whole.with_below(strip);
        y += FRAME.height;
    }
    let png = whole.cut_at(extent.height.ceil() as u32).png();
    let file = file.with_extension("waxwing.png");
    fs::write(&file, png.ok_or("a picture of nothing")?)?;
    Ok(image::open(file)?.into_luma8())
}

fn photographed(sample: &Sample, chromium: &str, file: &Path) -> Outcome<GrayImage> {
    let html = fs::read_to_string(&sample.html)?;
    let head = html
        .to_ascii_lowercase()
        .find("<head")
        .and_then(|begin| Some(begin + html.get(begin..)?.find('>')? + 1));
    let (before, after) = html.split_at(head.unwrap_or(0));
    let page = file.with_extension("chromium.html");
    fs::write(&page, format!("{before}{SHEET}{after}"))?;
    let file = file.with_extension("chromium.png");
    let status = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
        ])
        .args([
            "--force-device-scale-factor=1",
            "--default-background-color=FFFFFFFF",
        ])
        .arg(format!("--window-size={},{TALL}", FRAME.width))
        .arg(format!("--screenshot={}", file.display()))
        .arg(&page)
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("{chromium} ended with {status}").into());
    }
    Ok(image::open(file)?.into_luma8())
}

/// Where what differs from the last row ends.
fn height(picture: &GrayImage) -> u32 {
    let ground = picture.get_pixel(0, picture.height() - 1).0[0];
    let differs = |pixel: &Luma<u8>| pixel.0[0].abs_diff(ground) > 8;
    let mut rows = picture.rows().enumerate();
    let last = rows.rfind(|(_, row)| row.clone().any(differs));
    last.map_or(1, |(y, _)| y as u32 + 1)
}

fn correlation(one: &GrayImage, other: &GrayImage, height: u32) -> f64 {
    let small = |picture: &GrayImage| {
        let cut = image::imageops::crop_imm(picture, 0, 0, FRAME.width as u32, height).to_image();
        let (width, height) = (cut.width() / 8, (height / 8).max(1));
        resize(&cut, width, height, FilterType::Triangle).into_raw()
    };
    let (one, other) = (small(one), small(other));
    let mean = |values: &[u8]| {
        values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64
    };
    let (mean_one, mean_other) = (mean(&one), mean(&other));
    let (mut both, mut of_one, mut of_other) = (0.0, 0.0, 0.0);
    for (a, b) in one.iter().zip(&other) {
        let (a, b) = (f64::from(*a) - mean_one, f64::from(*b) - mean_other);
        both += a * b;
        of_one += a * a;
        of_other += b * b;
    }
    both / (of_one * of_other).sqrt()
}
