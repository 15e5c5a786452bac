use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::*;
use crate::html::sanitize;

/// A head and a letter, printed.
fn printed(head: &str, html: &str) -> (Made, Vec<u8>) {
    let sheet = |html: &str, is_head| Sheet {
        html: html.to_owned(),
        parts: Vec::new(),
        is_head,
    };
    let sheets = vec![sheet(head, true), sheet(html, false)];
    let (job, bytes) = Job::packed(Paper::A4, "The title", sheets);
    let (made, pdf) = printer()(job, bytes);
    (made.unwrap(), pdf)
}

fn clean(html: &str) -> String {
    sanitize(&format!("<!DOCTYPE html>{html}"), true).html
}

#[test]
fn pictures_are_in_it_and_links_lead_on() {
    let mut picture = Cursor::new(Vec::new());
    let pixels = RgbImage::from_fn(300, 200, |x, y| {
        Rgb([x as u8, y as u8, (x * 7 + y * 3) as u8])
    });
    pixels.write_to(&mut picture, ImageFormat::Png).unwrap();
    let html = clean(
        "<a href='https://a.test/there'>There</a> <a href='#here'>here</a>\
         <img src='cid:photo'><img src='https://a.test/not-fetched.png'>",
    );
    let sheet = Sheet {
        html,
        parts: vec![("cid:photo".to_owned(), picture.into_inner())],
        is_head: false,
    };
    let (job, bytes) = Job::packed(Paper::Letter, "", vec![sheet]);
    let (made, pdf) = printer()(job, bytes);
    assert_eq!(made.unwrap().pages, 1);
    let has = |words: &str| pdf.windows(words.len()).any(|at| at == words.as_bytes());
    assert!(has("/URI (https://a.test/there)") || has("/URI(https://a.test/there)"));
    // It has many colours.
    assert!(has("/DCTDecode"));
    assert!(!has("#here") && !has("not-fetched"));
}

#[test]
fn many_rows_and_a_very_tall_picture_stay_within_bounds() {
    let rows: String = (0..1_000).map(|row| format!("<tr><td>{row}")).collect();
    let (made, _) = printed("<p>", &clean(&format!("<table>{rows}</table>")));
    assert!((18..40).contains(&made.pages), "{made:?}");
    let (made, pdf) = printed(
        "<p>",
        "<div style='height:5000000px;background:#eee'>x</div>",
    );
    assert_eq!(
        made,
        Made {
            pages: PAGES_MAX,
            cut: true
        }
    );
    assert!(pdf.len() < 4 << 20, "{}", pdf.len());
}

#[test]
fn what_cannot_be_read_is_no_document() {
    let job = Job {
        paper: Paper::A4,
        title: String::new(),
        sheets: vec![(Packed::add("<p>x", Vec::new(), &mut Vec::new()), false)],
    };
    let (made, pdf) = printer()(job, Vec::new());
    assert!(made.is_none() && pdf.is_empty());
}

#[test]
fn the_paper_is_that_of_the_country() {
    for (locale, paper) in [
        ("en_US.UTF-8", Paper::Letter),
        ("fr_CA", Paper::Letter),
        ("en_GB.UTF-8", Paper::A4),
        ("de_DE@euro", Paper::A4),
        ("C", Paper::A4),
        ("", Paper::A4),
    ] {
        assert_eq!(Paper::of_locale(locale), paper, "{locale}");
    }
}
