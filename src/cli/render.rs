//! `render`

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use waxwing::engine::HtmlMail;
use waxwing::html::page::{Extent, Frame, Picture, Spot};
use waxwing::{Error, ErrorKind, Result};

use super::Context;
use super::lookup::{self, Target};

/// How much of a page is painted at once, in pixels of CSS.
const STRIP: f32 = 600.0;

/// The ground of a dark window.
const DARK: [u8; 3] = [0x1f, 0x1d, 0x1b];

/// The highest picture, in pixels.
const HIGHEST: f32 = 30_000.0;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Id, as `list` prints it, or a file (.eml)
    #[arg(value_name = "ID")]
    id: Target,
    /// The PNG file to write; one that is there is replaced
    #[arg(value_name = "OUT.png")]
    file: PathBuf,
    /// The width of the page, in pixels of CSS
    #[arg(long, value_name = "PIXELS", default_value_t = 800,
          value_parser = clap::value_parser!(u16).range(100..=3000))]
    width: u16,
    /// Pixels of the picture for each of CSS
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = scale)]
    scale: f32,
    /// As in a dark window
    #[arg(long)]
    dark: bool,
    /// With the pictures that have to be fetched from elsewhere
    #[arg(long)]
    remote_images: bool,
}

fn scale(text: &str) -> std::result::Result<f32, String> {
    let scale: f32 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.25..=4.0).contains(&scale) {
        Ok(scale)
    } else {
        Err("not between 0.25 and 4".to_owned())
    }
}

#[derive(Debug, Serialize)]
struct Line {
    width: u32,
    height: u32,
    /// What the message asked for from elsewhere and did not get.
    blocked_remote: usize,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let handle = &context.handle;
    let ids = lookup::messages(handle, std::slice::from_ref(&options.id)).await?;
    let Some(&id) = ids.first() else {
        return Ok(());
    };
    let mail = match handle.html_mail(id, options.remote_images).await? {
        Some(mail) => mail,
        None => HtmlMail::of_text(&handle.email(id).await?.text),
    };
    let frame = Frame {
        width: f32::from(options.width),
        height: STRIP,
        scale: options.scale,
        dark: options.dark.then_some(DARK),
        fit: false,
    };
    let viewer = context.handle.viewer();
    let extent = viewer.load(&mail, frame).await?;
    let mut whole: Option<Picture> = None;
    let mut top = 0.0;
    while top < extent.height.max(1.0) && top * options.scale < HIGHEST {
        let strip = viewer.paint(Spot { x: 0.0, y: top }).await?;
        whole = Some(match whole {
            Some(above) => above.with_below(strip),
            None => strip,
        });
        top += STRIP;
    }
    let picture = whole.map(|picture| trimmed(picture, extent, options.scale));
    let png = picture.as_ref().and_then(Picture::png);
    let (Some(picture), Some(png)) = (picture, png) else {
        return Err(Error::new(ErrorKind::Input, "This message shows nothing."));
    };
    write(&options.file, &png)?;
    let line = Line {
        width: picture.width,
        height: picture.height,
        blocked_remote: mail.blocked(),
    };
    context.out.row(&line, || {
        format!(
            "{} ({} × {}, {} remote blocked)",
            options.file.display(),
            line.width,
            line.height,
            line.blocked_remote
        )
    })
}

/// Without what lies below the page.
fn trimmed(picture: Picture, extent: Extent, scale: f32) -> Picture {
    let height = (extent.height * scale).ceil().clamp(1.0, HIGHEST) as u32;
    picture.cut_at(height)
}

fn write(file: &Path, png: &[u8]) -> Result<()> {
    std::fs::write(file, png).map_err(|cause| {
        let file = file.display();
        Error::new(
            ErrorKind::Input,
            format!("The file {file} cannot be written: {cause}."),
        )
        .source(cause)
    })
}
