/* SPDX-License-Identifier: MIT */
#include "camera_faults.h"

namespace hafaces::test {

namespace {

using std::chrono::milliseconds;

std::string
partWith(const std::string &header, const std::string &content)
{
    return "--B\r\n" + header + "\r\n\r\n" + content + "\r\n";
}

/* Answers with that, then closes. */
FakeServer::Handler
answers(std::string bytes)
{
    return [bytes](FakePeer &peer) {
        if (!peer.readRequest().empty())
            peer.send(bytes);
    };
}

/* Answers with that, then says no more. */
FakeServer::Handler
stallsAfter(std::string bytes)
{
    return [bytes](FakePeer &peer) {
        if (!peer.readRequest().empty() && peer.send(bytes))
            peer.holdOpen();
    };
}

/* Answers with the first, and then with the second again and again. */
FakeServer::Handler
repeats(std::string first, std::string then, milliseconds pause)
{
    return [first, then, pause](FakePeer &peer) {
        if (peer.readRequest().empty() || !peer.send(first))
            return;
        while (peer.send(then) && peer.sleep(pause))
            ;
    };
}

std::string
status(const std::string &line, const std::string &header = "")
{
    return "HTTP/1.1 " + line + "\r\n" + header + "Content-Length: 0\r\nConnection: close\r\n\r\n";
}

std::string
typed(const std::string &type, const std::string &content)
{
    return "HTTP/1.0 200 OK\r\nContent-Type: " + type + "\r\n\r\n" + content;
}

} // namespace

std::string
part(const std::string &picture)
{
    return partWith("Content-Type: image/jpeg\r\nContent-Length: " + std::to_string(picture.size()),
                    picture);
}

FakeServer::Handler
goodStream(const std::string &picture, milliseconds interval)
{
    return repeats(kStreamHeader, part(picture), interval);
}

FakeServer::Handler
goodSnapshot(const std::string &picture)
{
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: " +
                               std::to_string(picture.size()) + "\r\n\r\n" + picture;
    return [answer](FakePeer &peer) {
        while (!peer.readRequest().empty() && peer.send(answer))
            ;
    };
}

std::vector<NamedFault>
cameraFaults(const std::string &picture)
{
    const std::string half = picture.substr(0, picture.size() / 2);
    const std::string jpeg = "Content-Type: image/jpeg";
    const std::string head = kStreamHeader;
    const std::string garbage(1000, 'x');
    return {
        {"ClosedInMidFrame", answers(head + part(picture) + partWith(jpeg, half)),
         CameraFault::Closed},
        {"ClosedInMidChunk",
         answers("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=B\r\n"
                 "Transfer-Encoding: chunked\r\n\r\nffff\r\n" +
                 part(half)),
         CameraFault::Closed},
        {"Reset",
         [=](FakePeer &peer) {
             peer.readRequest();
             peer.send(head + part(picture));
             peer.reset();
         },
         CameraFault::Closed},
        {"ResetAtOnce", [](FakePeer &peer) { peer.reset(); }, CameraFault::Closed},
        {"ClosedWithoutAByte", [](FakePeer &peer) { peer.readRequest(); }, CameraFault::Closed},
        {"Stall", stallsAfter(head + part(picture)), CameraFault::Stalled},
        {"StallInMidFrame", stallsAfter(head + partWith(jpeg, half)), CameraFault::Stalled},
        {"NoAnswer", [](FakePeer &peer) { peer.holdOpen(); }, CameraFault::NoAnswer},
        {"OneByteASecond", repeats(head, "x", milliseconds(1000)), CameraFault::Stalled},
        {"SlowHeader", repeats("HTTP/1.1 200 OK\r\n", "X: y\r\n", milliseconds(5)),
         CameraFault::NoAnswer},
        {"EndlessHeader", repeats("HTTP/1.1 200 OK\r\n", "X: " + garbage + "\r\n", milliseconds(0)),
         CameraFault::Closed},
        {"Unauthorized",
         answers(status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n")),
         CameraFault::Unauthorized},
        {"Forbidden", answers(status("403 Forbidden")), CameraFault::Unauthorized},
        {"NotFound", answers(status("404 Not Found")), CameraFault::Status},
        {"ServerError", answers(status("500 Internal Server Error")), CameraFault::Status},
        {"RedirectLoop", answers(status("302 Found", "Location: /again\r\n")),
         CameraFault::Redirected},
        {"RedirectElsewhere", answers(status("301 Moved", "Location: http://127.0.0.2:1/\r\n")),
         CameraFault::Redirected},
        {"Html", answers(typed("text/html", "<html>Log in</html>")), CameraFault::NotAPicture},
        {"HtmlWithoutType", answers("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nBad Request"),
         CameraFault::NotAPicture},
        {"HtmlInAStream",
         repeats(head, partWith("Content-Type: text/html", "<p>"), milliseconds(5)),
         CameraFault::Stalled},
        {"EmptySnapshots", answers(typed("image/jpeg", "")), CameraFault::NotAPicture},
        {"TruncatedSnapshot", answers(typed("image/jpeg", half)), CameraFault::Closed},
        {"ShortSnapshot",
         answers("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: " +
                 std::to_string(picture.size()) + "\r\n\r\n" + half),
         CameraFault::Closed},
        {"RandomBytes", repeats(head, partWith(jpeg, garbage), milliseconds(5)),
         CameraFault::Stalled},
        {"EmptyParts", repeats(head, partWith(jpeg + "\r\nContent-Length: 0", ""), milliseconds(5)),
         CameraFault::Stalled},
        {"EndlessPartHeader", repeats(head + "--B\r\nContent-Type: ", garbage, milliseconds(1)),
         CameraFault::Stalled},
        {"TruncatedParts", repeats(head, partWith(jpeg, half), milliseconds(5)),
         CameraFault::Stalled},
        {"NotHttp", answers("SSH-2.0-OpenSSH_9.2\r\n"), CameraFault::Closed},
    };
}

} // namespace hafaces::test
