//! Pictures made small, for showing what is attached.

use std::time::Duration;

use image::{DynamicImage, ImageDecoder};

use super::Picture;
use super::parts::{LARGEST, reader};
use crate::sandbox::Kind;

/// The child that decodes pictures.
pub const THUMBNAIL: Kind = Kind {
    name: "thumbnail",
    // Without optimisation decoding takes many times as long.
    time: Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 3 }),
    memory: 512 << 20,
    question: 32 << 20,
    answer: 4 << 20,
    background: true,
    threads: false,
    folders: &[],
};

/// Width and height.
type Size = (u32, u32);

/// The largest side that can be asked for.
const SIDE_MAX: u32 = 512;

/// Makes pictures small: asked with the longest side they may have, answered by
/// width and height, with the pixels as bytes; by nothing where it is no
/// picture of a known kind.
pub fn thumbnail_worker() -> impl FnMut(u32, Vec<u8>) -> (Option<Size>, Vec<u8>) {
    |side, bytes| match small(&bytes, side.min(SIDE_MAX)) {
        Some(picture) => (Some((picture.width, picture.height)), picture.rgba),
        None => (None, Vec::new()),
    }
}

fn small(bytes: &[u8], side: u32) -> Option<Picture> {
    let (width, height) = reader(bytes)?.into_dimensions().ok()?;
    if u64::from(width) * u64::from(height) > LARGEST {
        return None;
    }
    let mut decoder = reader(bytes)?.into_decoder().ok()?;
    // Cameras write which side was up.
    let turned = decoder.orientation().ok();
    let picture = DynamicImage::from_decoder(decoder).ok()?;
    let mut small = if width > side || height > side {
        picture.thumbnail(side, side)
    } else {
        picture
    };
    if let Some(turned) = turned {
        small.apply_orientation(turned);
    }
    let small = small.into_rgba8();
    Picture::new(small.width(), small.height(), small.into_raw())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgba, RgbaImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let picture = RgbaImage::from_pixel(width, height, Rgba([200, 30, 30, 255]));
        picture.write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn pictures_become_small_and_keep_their_shape() {
        let picture = small(&png(400, 100), 80).unwrap();
        assert_eq!((picture.width, picture.height), (80, 20));
        assert_eq!(picture.rgba.get(..4), Some([200, 30, 30, 255].as_slice()));
        // None is made larger than it is.
        let picture = small(&png(10, 5), 80).unwrap();
        assert_eq!((picture.width, picture.height), (10, 5));
    }

    #[test]
    fn what_is_no_picture_has_none() {
        let mut work = thumbnail_worker();
        assert_eq!(work(80, b"%PDF-1.7".to_vec()), (None, Vec::new()));
        let mut cut = png(400, 400);
        cut.truncate(60);
        assert_eq!(work(80, cut), (None, Vec::new()));
        let (size, pixels) = work(100_000, png(1_000, 1_000));
        assert_eq!(size, Some((SIDE_MAX, SIDE_MAX)));
        assert_eq!(pixels.len(), 4 * 512 * 512);
    }
}
