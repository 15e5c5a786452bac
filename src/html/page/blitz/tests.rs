use super::*;
use crate::html::page::fonts;
use crate::html::sanitize;

fn page(html: &str) -> BlitzPage {
    page_in(
        html,
        Frame {
            width: 400.0,
            height: 300.0,
            scale: 1.0,
            dark: None,
            fit: true,
        },
    )
}

fn page_in(html: &str, frame: Frame) -> BlitzPage {
    let html = sanitize(&format!("<!DOCTYPE html>{html}"), true).html;
    BlitzPage::load(&html, Parts::new([]), frame, fonts::all())
}

fn spot(x: f32, y: f32) -> Spot {
    Spot { x, y }
}

/// How many pixels have about that colour.
fn count(picture: &Picture, color: [u8; 3]) -> usize {
    let near = |pixel: &&[u8]| {
        let parts = pixel.iter().zip(color);
        parts
            .into_iter()
            .all(|(one, other)| one.abs_diff(other) < 12)
    };
    picture.rgba.chunks_exact(4).filter(near).count()
}

#[test]
fn boxes_are_painted_where_they_belong_at_every_scale() {
    let html =
        "<body style='margin:0'><div style='width:50px;height:40px;background:#ff0000'></div>";
    for (scale, size) in [(1.0_f32, (400, 300)), (2.0, (800, 600)), (1.25, (500, 375))] {
        let frame = Frame {
            width: 400.0,
            height: 300.0,
            scale,
            dark: None,
            fit: true,
        };
        let picture = page_in(html, frame).paint(Spot::default());
        assert_eq!((picture.width, picture.height), size);
        let red = f64::from(scale * scale) * 2000.0;
        let found = count(&picture, [255, 0, 0]);
        assert!((found as f64 - red).abs() < red * 0.06, "{scale}: {found}");
    }
}

#[test]
fn a_long_page_is_painted_from_where_it_was_scrolled_to() {
    let html = "<body style='margin:0'><div style='height:1000px'></div>\
        <div style='height:100px;background:#00f'></div>";
    let mut page = page(html);
    assert!(
        (page.extent().height - 1100.0).abs() < 1.0,
        "{:?}",
        page.extent()
    );
    assert_eq!(count(&page.paint(Spot::default()), [0, 0, 255]), 0);
    assert_eq!(count(&page.paint(spot(0.0, 800.0)), [0, 0, 255]), 400 * 100);
}

#[test]
fn what_is_too_wide_becomes_smaller() {
    let html =
        "<body style='margin:0'><div style='width:800px;height:100px;background:#00f'></div>";
    let mut page = page(html);
    let extent = page.extent();
    assert!((extent.width - 400.0).abs() < 2.0, "{extent:?}");
    let blue = count(&page.paint(Spot::default()), [0, 0, 255]);
    assert!(blue.abs_diff(400 * 50) < 500, "{blue}");
    // And back, where there is room for it.
    page.resize(Frame {
        width: 900.0,
        ..page.frame
    });
    assert!((page.extent().width - 900.0).abs() < 1.0);
}

#[test]
fn links_are_found_under_the_pointer() {
    let page = page(
        "<body style='margin:0'><p style='margin:0'><a href='https://a.test/x'>\
        <b>A link</b></a> and text</p>",
    );
    let hit = page.hit(spot(10.0, 8.0));
    let expected = Hit {
        link: Some(Link {
            shown: "A link".to_owned(),
            target: "https://a.test/x".to_owned(),
        }),
        text: true,
    };
    assert_eq!(hit, expected);
    assert_eq!(
        page.hit(spot(80.0, 8.0)),
        Hit {
            link: None,
            text: true
        }
    );
    assert_eq!(page.hit(spot(10.0, 250.0)).link, None);
}

#[test]
fn text_is_selected_across_blocks_and_copied_as_it_reads() {
    let mut page = page(
        "<body style='margin:0'><p>First words</p>\
        <table><tr><td>left</td><td>right</td></tr></table>\
        <p>Last <span style='display:inline-block'>boxed</span> words</p>",
    );
    page.select_all();
    assert_eq!(
        page.selected(),
        "First words\nleft\tright\nLast  words\tboxed"
    );
    page.select_none();
    assert_eq!(page.selected(), "");
    page.select(spot(10.0, 22.0), spot(10.0, 22.0), Reach::Words);
    assert_eq!(page.selected(), "First");
    page.select(spot(10.0, 22.0), spot(10.0, 22.0), Reach::Paragraphs);
    assert_eq!(page.selected(), "First words");
    // Backwards, from below the text to before it.
    page.select(spot(399.0, 290.0), spot(0.0, 0.0), Reach::Letters);
    assert!(page.selected().starts_with("First words\nleft"));
}

#[test]
fn words_are_found_in_any_case_and_counted() {
    let mut page = page("<p>Straße Éa straSSE</p><div style='height:2000px'></div><p>éA again</p>");
    let first = page.find("ÉA", 0);
    assert_eq!(first.count, 2);
    assert_eq!(page.selected(), "Éa");
    let second = page.find("éa", 1);
    assert_eq!(page.find("éa", 2), first);
    let [(0, above), (1, below)] = second.areas[..] else {
        panic!("{:?}", second.areas);
    };
    assert!(below.y > 2000.0, "{below:?}");
    assert!(above.x > 30.0 && above.width > 8.0, "{above:?}");
    assert!(above.height > 8.0 && above.y < 40.0, "{above:?}");
    assert_eq!(page.find("not there", 0), Found::default());
    assert_eq!(page.find("", 0), Found::default());
}

#[test]
fn words_that_were_found_are_marked_line_by_line_where_they_are_painted() {
    let html = "<body style='margin:0'><p style='margin:0;width:90px;padding-left:20px'>\
        one two three four five six";
    let found = page(html).find("two three four", 0);
    let lines: Vec<f32> = found.areas.iter().map(|(_, area)| area.y).collect();
    assert!(lines.len() > 1 && lines.is_sorted(), "{found:?}");
    assert!(found.areas[0].1.x > 40.0, "{found:?}");
    // Made smaller, it stands elsewhere.
    let wide = format!("{html}<div style='width:800px;height:9px'></div>");
    let smaller = page(&wide).find("two three four", 0).areas[0].1;
    let before = found.areas[0].1;
    assert!((smaller.x - before.x / 2.0).abs() < 2.0, "{smaller:?}");
    assert!((smaller.height - before.height / 2.0).abs() < 2.0);
}

#[test]
fn what_may_be_too_wide_is_painted_as_wide_as_it_is() {
    let html =
        "<body style='margin:0'><div style='width:800px;height:100px;background:#00f'></div>";
    let frame = Frame {
        width: 400.0,
        height: 300.0,
        scale: 1.0,
        dark: None,
        fit: false,
    };
    let mut page = page_in(html, frame);
    let picture = page.paint(Spot::default());
    assert_eq!((picture.width, picture.height), (800, 300));
    assert_eq!(count(&picture, [0, 0, 255]), 800 * 100);
}

#[test]
fn dark_pages_are_dark_and_their_pictures_are_not_changed() {
    let mut png = std::io::Cursor::new(Vec::new());
    let pixel = image::RgbImage::from_pixel(1, 1, image::Rgb([200, 30, 60]));
    pixel.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let data = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, png.into_inner());
    let html = format!(
        "<body style='margin:0'><p>Words</p>\
        <img width=100 height=100 src='data:image/png;base64,{data}'>"
    );
    let frame = Frame {
        width: 400.0,
        height: 300.0,
        scale: 1.0,
        dark: None,
        fit: true,
    };
    let light = page_in(&html, frame).paint(Spot::default());
    let dark = page_in(
        &html,
        Frame {
            dark: Some([0x1f, 0x1d, 0x1b]),
            ..frame
        },
    )
    .paint(Spot::default());
    let colors = |picture: &Picture| {
        let at = |x: usize, y: usize| {
            let start = (y * 400 + x) * 4;
            picture.rgba.get(start..start + 3).unwrap().to_vec()
        };
        (at(390, 290), at(50, 100))
    };
    let ((paper, image), (dark_paper, dark_image)) = (colors(&light), colors(&dark));
    assert_eq!(paper, [255, 255, 255]);
    assert_eq!(dark_paper, [0x1f, 0x1d, 0x1b], "as the window");
    assert_eq!(image, dark_image);
    // One that is dark already, or that says how it is to be, stays as it is.
    let own = "<body style='background:#102030'><p style='color:#fff'>Words";
    let own = page_in(
        own,
        Frame {
            dark: Some([0x1f, 0x1d, 0x1b]),
            ..frame
        },
    )
    .paint(Spot::default());
    assert!(count(&own, [0x10, 0x20, 0x30]) > 100_000);
}

#[test]
fn pale_text_is_clear_in_the_dark_and_hidden_text_stays_hidden() {
    let html = "<body style='margin:0;font-size:100px;line-height:1'>\
        <div style='color:#aaa'>\u{2588}</div><div style='color:#fdfdfd'>\u{2588}</div>";
    let frame = Frame {
        width: 200.0,
        height: 200.0,
        scale: 1.0,
        dark: Some([0x1f, 0x1d, 0x1b]),
        fit: true,
    };
    let picture = page_in(html, frame).paint(Spot::default());
    let red = |x: usize, y: usize| picture.rgba[(y * 200 + x) * 4];
    // 4.5 times the ground is a grey of 0x84.
    assert!((0x80..0x8c).contains(&red(20, 50)), "{:x}", red(20, 50));
    assert!(red(20, 150) < 0x24, "{:x}", red(20, 150));
}

/// The page with a table of two columns, and where the second one begins.
fn second_column(table: &str) -> f32 {
    let html = format!("<body style='margin:0'>{table}");
    let mut page = page(&html);
    let picture = page.paint(Spot::default());
    let line = picture.rgba.chunks_exact(4).take(picture.width as usize);
    let blue = |pixel: &[u8]| pixel[2] > 200 && pixel[0] < 50;
    line.into_iter().position(blue).unwrap() as f32
}

/// A picture of that size, in base64.
fn png(width: u32, height: u32) -> String {
    let rgba = vec![0; (width * height * 4) as usize];
    let png = Picture::new(width, height, rgba).unwrap().png().unwrap();
    data_encoding::BASE64.encode(&png)
}

#[test]
fn columns_share_a_table_as_in_browsers() {
    let cell = |attributes: &str, lines: f32| {
        format!("<td {attributes}><div style='width:{lines}px;height:9px'></div></td>")
    };
    let table = |first: String, second: String| {
        format!(
            "<table width=400 cellspacing=0 cellpadding=0><tr>{first}{second}</tr>\
             <tr><td colspan=2><div style='width:300px'></div></td></tr></table>"
        )
    };
    let blue = |attributes: &str| format!("{attributes} style='background:#0000ff'");
    let png = png(100, 20);
    let picture = format!(
        "<td {}><img src='data:image/png;base64,{png}'></td>",
        blue("")
    );
    for (first, second, begins) in [
        // By their longest lines, whatever stands below both.
        (cell("", 60.0), cell(&blue(""), 20.0), 300.0),
        (
            cell("width=50%", 60.0),
            cell(&blue("width=50%"), 20.0),
            200.0,
        ),
        (cell("", 60.0), cell(&blue("width=25%"), 20.0), 300.0),
        (cell("width=80", 60.0), cell(&blue(""), 20.0), 80.0),
        (
            cell("width=50", 20.0),
            cell(&blue("width=150"), 20.0),
            100.0,
        ),
        // A picture is not squeezed by a long line.
        (format!("<td>{}</td>", "x ".repeat(900)), picture, 300.0),
    ] {
        let found = second_column(&table(first.clone(), second));
        assert!(
            (found - begins).abs() <= 1.0,
            "{first}: {found}, not {begins}"
        );
    }
}

#[test]
fn columns_follow_the_width_of_the_page() {
    let html = "<body style='margin:0'><table width='100%' cellspacing=0 cellpadding=0>\
                <tr><td width='25%'>a</td><td>b</td></tr></table>";
    let mut page = page(html);
    let width = |page: &BlitzPage| {
        let tables = &page.tables;
        tables.widths(&page.document)
    };
    assert_eq!(width(&page), [[100.0, 300.0]]);
    page.resize(Frame {
        width: 800.0,
        ..page.frame
    });
    assert_eq!(width(&page), [[200.0, 600.0]]);
}

#[test]
fn old_doctypes_make_no_line_higher_that_has_no_text_of_its_own() {
    let height = |doctype: &str, body: &str| {
        let html = sanitize(&format!("{doctype}<body style='margin:0'>{body}"), true).html;
        let frame = page("").frame;
        BlitzPage::load(&html, Parts::new([]), frame, fonts::all())
            .extent()
            .height
    };
    let transitional = "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN' \
                        'http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd'>";
    let picture = "<div><a href='https://a.test'><img width=9 height=50></a></div>";
    let small = "<div><font size=1 face=Arial>x</font></div>";
    let strict = "<!DOCTYPE html>";
    assert_eq!(height("", picture), 50.0);
    assert_eq!(height(transitional, picture), 50.0);
    assert!(height(strict, picture) > 50.0);
    assert!(height("", small) < height(strict, small));
    assert_eq!(height(transitional, small), height(strict, small));
    let with_text = picture.replace("</div>", "x</div>");
    assert_eq!(height("", &with_text), height(strict, &with_text));
}
