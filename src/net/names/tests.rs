//! Texts, asked of a name server that says what it is told to.

use hickory_resolver::proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::TXT;
use tokio::net::UdpSocket;

use super::*;

/// A name server: `key.example` has a text in two pieces and another one,
/// `bare.example` is there without, `silent.example` gets no answer, `broken.example`
/// a failure, and all others are not there.
async fn server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut packet = [0; 2_000];
        loop {
            let (length, from) = socket.recv_from(&mut packet).await.unwrap();
            let asked = Message::from_vec(&packet[..length]).unwrap();
            let question = asked.queries[0].clone();
            let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
            answer.add_query(question.clone());
            let about = question.name().to_ascii().to_lowercase();
            match about.as_str() {
                "key.example." => {
                    for pieces in [vec!["v=DKIM1; p=AB", "CD"], vec!["other"]] {
                        let text = TXT::new(pieces.into_iter().map(str::to_owned).collect());
                        let name = question.name().clone();
                        answer.add_answer(Record::from_rdata(name, 60, RData::TXT(text)));
                    }
                }
                "bare.example." => {}
                "silent.example." => continue,
                "broken.example." => answer.metadata.response_code = ResponseCode::ServFail,
                _ => answer.metadata.response_code = ResponseCode::NXDomain,
            }
            socket
                .send_to(&answer.to_vec().unwrap(), from)
                .await
                .unwrap();
        }
    });
    address
}

#[tokio::test]
async fn texts_come_with_their_pieces_joined() {
    let names = Names::of_server(server().await);
    let texts = names.texts("key.example").await.unwrap();
    assert_eq!(texts, [b"v=DKIM1; p=ABCD".to_vec(), b"other".to_vec()]);
}

#[tokio::test]
async fn it_is_told_whether_there_is_no_text_or_no_answer() {
    let names = Names::of_server(server().await);
    for (at, why) in [
        ("bare.example", NoText::Nothing),
        ("gone.example", NoText::Nothing),
        ("broken.example", NoText::NoAnswer),
        ("silent.example", NoText::NoAnswer),
        ("not a..name", NoText::NoAnswer),
    ] {
        assert_eq!(names.texts(at).await, Err(why), "{at}");
    }
    let nobody = Names::of_server(([127, 0, 0, 1], 1).into());
    assert_eq!(nobody.texts("key.example").await, Err(NoText::NoAnswer));
}
