"""Writes mails in Thunderbird's compose window and reads them back.

The certificates are chosen in the same picker that a user gets in the
account's settings; sending is "Send Later", so the finished message lies
in the Outbox's mbox, where openssl can judge it.
"""

import email
import time

USAGE = {"signing": 4, "encryption": 5}

PICKER_OPEN = """
const [usage, address] = arguments;
const win = Services.wm.getMostRecentWindow("mail:3pane");
win.lyTest.picked = null;
win.setTimeout(() => {
    const picker = Cc["@mozilla.org/user_cert_picker;1"].createInstance(
        Ci.nsIUserCertPicker);
    const canceled = {};
    let cert = null, error = "";
    try {
        cert = picker.pickByUsage(win, "", usage, false, true, address,
            canceled);
    } catch (e) {
        error = String(e);
    }
    win.lyTest.picked = { name: cert ? cert.displayName : "",
        dbKey: cert ? cert.dbKey : "", error };
}, 0);
return true;
"""

PICKER_LIST = """
for (const win of Services.wm.getEnumerator(null)) {
    if (!win.document.documentURI.endsWith("/certpicker.xhtml"))
        continue;
    const list = win.document.getElementById("nicknames");
    if (list && list.menupopup && list.menupopup.children.length)
        return [...list.menupopup.children].map(i => i.label);
}
const main = Services.wm.getMostRecentWindow("mail:3pane");
return main.lyTest.picked ? [] : null;
"""

PICKER_CHOOSE = """
const [label] = arguments;
for (const win of Services.wm.getEnumerator(null)) {
    if (!win.document.documentURI.endsWith("/certpicker.xhtml"))
        continue;
    const list = win.document.getElementById("nicknames");
    const item = [...list.menupopup.children].find(i => i.label == label);
    const dialog = win.document.querySelector("dialog");
    if (!item) {
        dialog.cancelDialog();
        return false;
    }
    list.selectedItem = item;
    dialog.acceptDialog();
    return true;
}
return false;
"""

PICKED = """
return Services.wm.getMostRecentWindow("mail:3pane").lyTest.picked;
"""

IDENTITY = """
const { MailServices } = ChromeUtils.importESModule(
    "resource:///modules/MailServices.sys.mjs");
const id = MailServices.accounts.allIdentities[0];
for (const [name, value] of Object.entries(arguments[0]))
    id.setUnicharAttribute(name, value);
return true;
"""

COMPOSE = """
const [to, subject, body] = arguments;
const { MailServices } = ChromeUtils.importESModule(
    "resource:///modules/MailServices.sys.mjs");
const fields = Cc["@mozilla.org/messengercompose/composefields;1"]
    .createInstance(Ci.nsIMsgCompFields);
const params = Cc["@mozilla.org/messengercompose/composeparams;1"]
    .createInstance(Ci.nsIMsgComposeParams);
fields.to = to;
fields.subject = subject;
fields.body = body;
params.type = Ci.nsIMsgCompType.New;
params.format = Ci.nsIMsgCompFormat.PlainText;
params.identity = MailServices.accounts.allIdentities[0];
params.composeFields = fields;
MailServices.compose.OpenComposeWindowWithParams(null, params);
return true;
"""

COMPOSE_READY = """
const w = Services.wm.getMostRecentWindow("msgcompose");
return !!w && !!w.gLoadingComplete && w.document.getElementById("msgSubject")
    .value == arguments[0];
"""

PROTECT = """
const [sign, encrypt, to] = arguments;
const w = Services.wm.getMostRecentWindow("msgcompose");
// Encryption turns the signature on by itself, a little later, until the
// user has touched it: so each look corrects what is not as wanted.
if (w.gSendEncrypted != encrypt)
    w.toggleEncryptMessage();
else if (w.gSendSigned != sign || !w.gUserTouchedSendSigned)
    w.toggleGlobalSignMessage();
return w.gSendSigned == sign && w.gUserTouchedSendSigned &&
    w.gSendEncrypted == encrypt && !w.gSelectedTechnologyIsPGP &&
    (!encrypt || w.gSMFields.haveValidCertForEmail(to));
"""

SEND_LATER = """
const w = Services.wm.getMostRecentWindow("msgcompose");
w.setTimeout(() => w.goDoCommand("cmd_sendLater"), 0);
return true;
"""

WINDOWS = """
return [...Services.wm.getEnumerator("msgcompose")].length;
"""

CLOSE = """
const w = Services.wm.getMostRecentWindow("msgcompose");
if (w) {
    w.gMsgCompose.bodyModified = false;
    w.close();
}
return true;
"""


class Composer:
    def __init__(self, thunderbird, address):
        self.tb, self.m, self.address = thunderbird, thunderbird.m, address

    def offered(self, purpose):
        """Open the certificate picker; what it offers, by name."""
        self.m.run(PICKER_OPEN, USAGE[purpose], self.address)
        names = self.m.poll(PICKER_LIST)
        return names or []

    def take(self, part):
        """Press OK on the open picker's certificate that has this part."""
        names = self.m.poll(PICKER_LIST) or []
        match = [n for n in names if part in n]
        self.m.run(PICKER_CHOOSE, match[0] if match else "")
        picked = self.m.poll(PICKED)
        if not match or not picked or not picked["dbKey"]:
            raise RuntimeError("the picker offers %r, not %s (%r)" % (
                names, part, picked))
        return picked

    def choose(self, purpose, part):
        """Make the identity use the certificate with this in its name."""
        self.offered(purpose)
        picked = self.take(part)
        self.m.run(IDENTITY, {purpose + "_cert_name": picked["name"],
                              purpose + "_cert_dbkey": picked["dbKey"]})

    def write(self, to, subject, body, sign, encrypt):
        """Open the window, fill it, and press Send Later."""
        self.m.run(COMPOSE, to, subject, body)
        if not self.m.poll(COMPOSE_READY, subject):
            raise RuntimeError("the compose window did not open")
        if not self.m.poll(PROTECT, sign, encrypt, to):
            raise RuntimeError("the compose window refuses %s%s" % (
                "to sign " if sign else "", "to encrypt" if encrypt else ""))
        self.m.run(SEND_LATER)

    def finish(self, deadline=60):
        """Wait until the window has closed, or tell what it says."""
        end = time.monotonic() + deadline
        while self.m.run(WINDOWS):
            said = self.tb.prompts(open_only=True)
            if said or time.monotonic() > end:
                raise RuntimeError("not sent: %r" % (said or "no answer"))
            time.sleep(0.1)

    def discard(self):
        self.m.run(CLOSE)
        self.m.poll("return ![...Services.wm.getEnumerator('msgcompose')]"
                    ".length;")


def outgoing(path, subject):
    """The message with this subject in an mbox, as it would be sent."""
    with open(path, "rb") as f:
        parts = f.read().split(b"\nFrom ")
    for part in reversed(parts):
        raw = part.split(b"\n", 1)[1]
        if email.message_from_bytes(raw)["Subject"] == subject:
            return raw
    raise LookupError("no message '%s' in the Outbox" % subject)
