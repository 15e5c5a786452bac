//! The pictures of a page, from what came with the message. There is nothing
//! else a page could get anything from.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use blitz_traits::net::{Bytes, NetHandler, NetProvider, Request, Url};
use image::{ImageFormat, ImageReader, RgbaImage};

/// Pictures larger than this many pixels are not looked at.
pub(super) const LARGEST: u64 = 60_000_000;

/// Pictures wider or higher than this are made smaller.
const SIDE: u32 = 2_000;

/// How many pixels all pictures of a page may have together.
const BUDGET: u64 = 24_000_000;

/// Whoever writes base64 into a mail may forget its end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What came with a message, by address.
pub(super) struct Parts {
    bytes: HashMap<String, Bytes>,
    left: Mutex<u64>,
}

impl Parts {
    /// Those that are handed in.
    pub(super) fn new(parts: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let bytes = parts.into_iter().filter_map(|(address, bytes)| {
            // As the engine writes addresses when it asks.
            let address = Url::parse(&address).ok()?;
            Some((address.into(), Bytes::from(bytes)))
        });
        Self {
            bytes: bytes.collect(),
            left: Mutex::new(BUDGET),
        }
    }

    /// Those of a mail that is laid out together with others: their pictures have
    /// no more pixels than those of two.
    pub(super) fn of_one_among(mails: usize, parts: Vec<(String, Vec<u8>)>) -> Self {
        let mails = u64::try_from(mails).unwrap_or(u64::MAX).max(2);
        Self {
            left: Mutex::new(2 * BUDGET / mails),
            ..Self::new(parts)
        }
    }

    fn find(&self, url: &Url) -> Option<Bytes> {
        if url.scheme() == "data" {
            let (_, body) = url.path().split_once(',')?;
            return LENIENT.decode(body).ok().map(Bytes::from);
        }
        self.bytes.get(url.as_str()).cloned()
    }

    /// A picture that is small enough to be laid out with the others.
    fn bounded(&self, bytes: Bytes) -> Option<Bytes> {
        let (width, height) = reader(&bytes)?.into_dimensions().ok()?;
        let area = u64::from(width) * u64::from(height);
        if area > LARGEST {
            return None;
        }
        let fits = width <= SIDE && height <= SIDE;
        let kept = if fits {
            area
        } else {
            u64::from(SIDE) * u64::from(SIDE)
        };
        {
            let mut left = self.left.lock().ok()?;
            *left = left.checked_sub(kept)?;
        }
        if fits {
            return Some(bytes);
        }
        let picture = reader(&bytes)?.decode().ok()?;
        let smaller: RgbaImage = picture.thumbnail(SIDE, SIDE).into_rgba8();
        let mut written = Cursor::new(Vec::new());
        smaller.write_to(&mut written, ImageFormat::Bmp).ok()?;
        Some(Bytes::from(written.into_inner()))
    }
}

/// What reads a picture, whatever it is, in bounded memory.
pub(super) fn reader(bytes: &[u8]) -> Option<ImageReader<Cursor<&[u8]>>> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(LARGEST * 8);
    reader.limits(limits);
    Some(reader)
}

impl NetProvider for Parts {
    fn fetch(&self, _page: usize, request: Request, handler: Box<dyn NetHandler>) {
        let bytes = self.find(&request.url).and_then(|it| self.bounded(it));
        // A page waits for what it asked for until it is answered.
        handler.bytes(request.url.into(), bytes.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let picture = RgbaImage::new(width, height);
        picture.write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn pictures_are_found_and_bounded() {
        let parts = Parts::new([
            ("cid:a b@c".to_owned(), png(3, 2)),
            ("https://t.test/x".to_owned(), png(4_000, 10)),
        ]);
        let get = |address: &str| {
            let bytes = parts.find(&Url::parse(address).unwrap())?;
            parts.bounded(bytes)
        };
        assert_eq!(get("cid:a b@c").unwrap(), png(3, 2));
        let smaller = get("https://t.test/x").unwrap();
        let smaller = reader(&smaller).unwrap().into_dimensions().unwrap();
        assert_eq!(smaller, (2_000, 5));
        assert!(get("https://t.test/other").is_none());
        let data = LENIENT.encode(png(1, 1));
        let data = data.trim_end_matches('=');
        assert!(get(&format!("data:image/png;base64,{data}")).is_some());
        assert!(get("data:image/png;base64,!!").is_none());
    }

    #[test]
    fn a_page_has_so_many_pixels_and_no_more() {
        let parts = Parts::new([]);
        let large = Bytes::from(png(2_000, 2_000));
        let shown = (0..20).filter_map(|_| parts.bounded(large.clone()));
        assert_eq!(shown.count(), 6);
    }
}
