"""Starts Thunderbird on a profile and works it as a user would.

Owns the process and the scripts that run inside it: open a mail and read
the pane, answer a prompt, write a mail.  Each waits on what Thunderbird
shows, with a generous deadline, and tells what was there when it gave up.
"""

import os
import signal
import subprocess
import time

from desktop import WITH_PARENT
from marionette import Marionette, MarionetteError

PROGRAM = "/usr/lib/thunderbird/thunderbird"
START = 120

# Kept in the main window for the scripts below: prompts seen, and helpers.
HELPERS = """
const win = Services.wm.getMostRecentWindow("mail:3pane");
if (!win.lyTest) {
    win.lyTest = { prompts: [] };
    // Marionette refuses every command while a prompt is open, or dismisses
    // it first.  The test answers prompts itself, so hide them from it.
    for (const o of Services.obs.enumerateObservers("common-dialog-loaded"))
        Services.obs.removeObserver(o, "common-dialog-loaded");
    Services.obs.addObserver({ observe(subject) {
        const ui = subject.Dialog.args;
        win.lyTest.prompts.push({ type: ui.promptType, title: ui.title,
            text: ui.text, window: subject });
    } }, "common-dialog-loaded");
}
return true;
"""

OPEN = """
const [folderName, subject] = arguments;
const win = Services.wm.getMostRecentWindow("mail:3pane");
const { MailServices } = ChromeUtils.importESModule(
    "resource:///modules/MailServices.sys.mjs");
const root = MailServices.accounts.localFoldersServer.rootFolder;
// By its file: the name that Thunderbird shows is translated.
const folder = root.subFolders.find(
    f => decodeURIComponent(f.URI).endsWith("/" + folderName));
if (!folder)
    return "";
const about3 = win.document.getElementById("tabmail").currentAbout3Pane;
if (about3.gFolder != folder) {
    about3.displayFolder(folder);
    return "";
}
const view = about3.gDBView;
if (!view)
    return "";
for (const header of folder.messages) {
    if (header.mime2DecodedSubject != subject)
        continue;
    const index = view.findIndexOfMsgHdr(header, true);
    if (index == 0xffffffff)
        return "";
    win.setTimeout(() => {
        about3.threadTree.selectedIndex = -1;
        about3.selectMessage(header);
    }, 0);
    return header.messageId;
}
return "";
"""

PANE = """
const win = Services.wm.getMostRecentWindow("mail:3pane");
const about3 = win.document.getElementById("tabmail").currentAbout3Pane;
const pane = about3.messageBrowser.contentWindow;
const browser = pane.getMessagePaneBrowser();
const doc = browser.contentDocument;  // null for the error page: remote
const icon = id => {
    const it = pane.document.getElementById(id);
    return it.hidden ? "" : it.getAttribute("src").replace(
        /.*message-([a-z-]+)\\.svg$/, "$1");
};
return { loaded: !!pane.msgLoaded, loading: !!pane.msgLoading,
    id: pane.gMessage ? pane.gMessage.messageId : "",
    encrypted: icon("encryptedHdrIcon"), signed: icon("signedHdrIcon"),
    title: browser.contentTitle || "",
    text: doc && doc.body ? doc.body.textContent : "" };
"""


PROMPTS = """
const win = Services.wm.getMostRecentWindow("mail:3pane");
return win.lyTest.prompts.map((p, number) => ({ number, type: p.type,
    title: p.title, text: p.text,
    open: !p.window.closed && !p.window.lyAnswered }));
"""

ANSWER = """
const [number, password] = arguments;
const win = Services.wm.getMostRecentWindow("mail:3pane");
const prompt = win.lyTest.prompts[number].window;
prompt.lyAnswered = true;
prompt.setTimeout(() => {
    const ui = prompt.Dialog.ui;
    if (password === null) {
        (ui.button1.hidden ? ui.button0 : ui.button1).click();
        return;
    }
    ui.password1Textbox.value = password;
    ui.button0.click();
}, 0);
return true;
"""

TOKEN = """
const [label, done] = arguments;
(async () => {
    const db = Cc["@mozilla.org/security/pkcs11moduledb;1"].getService(
        Ci.nsIPKCS11ModuleDB);
    const found = [];
    for (const module of await db.listModules())
        for (const slot of module.slots || module.listSlots()) {
            const token = slot.getToken();
            if (token && token.tokenName == label)
                found.push({ module: module.name, slot: slot.name,
                    loggedIn: token.isLoggedIn,
                    needsLogin: token.hasPassword ?? token.needsLogin() });
        }
    done(found);
})().catch(e => done(String(e)));
"""

LOGOUT = """
const [label, done] = arguments;
(async () => {
    const db = Cc["@mozilla.org/security/pkcs11moduledb;1"].getService(
        Ci.nsIPKCS11ModuleDB);
    for (const module of await db.listModules())
        for (const slot of module.slots || module.listSlots()) {
            const token = slot.getToken();
            if (token && token.tokenName == label)
                token.logout ? token.logout()
                    : token.logoutAndDropAuthenticatedResources();
        }
    done("");
})().catch(e => done(String(e)));
"""


ADD_MODULE = """
const [name, path, done] = arguments;
const db = Cc["@mozilla.org/security/pkcs11moduledb;1"].getService(
    Ci.nsIPKCS11ModuleDB);
db.addModule(name, path, 0, 0).then(() => done(""), e => done(String(e)));
"""


class Pane(dict):
    """What the message pane shows."""

    def ok(self, marker, encrypted="encrypted-ok", signed=""):
        return (marker in self["text"] and self["encrypted"] == encrypted
                and self["signed"] == signed)


class Thunderbird:
    """One process; kept until quit() or kill()."""

    def __init__(self, profile, display, environment, log):
        self.profile = profile
        self.port_file = os.path.join(profile.folder, "MarionetteActivePort")
        env = dict({"PATH": os.environ["PATH"]}, **environment)
        # Gecko ends itself at a connection that is not to this machine.
        env.update(MOZ_DISABLE_NONLOCAL_CONNECTIONS="1",
                   MOZ_CRASHREPORTER_DISABLE="1", DISPLAY=display,
                   HOME=profile.folder, GDK_BACKEND="x11", NO_AT_BRIDGE="1",
                   GSETTINGS_BACKEND="memory", LANG="C.UTF-8",
                   DBUS_SESSION_BUS_ADDRESS="disabled:")
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                WITH_PARENT + [PROGRAM, "-profile", profile.folder,
                               "-no-remote", "-marionette",
                               "-remote-allow-system-access"],
                env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                start_new_session=True)
        try:
            self.m = Marionette(self.wait_port(), 60)
            self.m.start()
            self.m.run(HELPERS)
        except BaseException:
            self.kill()
            raise

    def wait_port(self):
        end = time.monotonic() + START
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError("Thunderbird ended at its start")
            try:
                with open(self.port_file) as f:
                    return int(f.read())
            except (OSError, ValueError):
                time.sleep(0.1)
        raise RuntimeError("Thunderbird did not open its control port")

    def kill(self):
        """End this Thunderbird and its own child processes, no others."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def quit(self):
        """Leave as the menu does; True if the process ended by itself."""
        try:
            self.m.run('Services.startup.quit(Ci.nsIAppStartup.eForceQuit);'
                       'return true;')
        except (OSError, MarionetteError):
            pass
        self.m.close()
        try:
            return self.process.wait(60) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            self.kill()

    def open(self, folder, subject):
        """Select the mail; does not wait for its content."""
        found = self.m.poll(OPEN, folder, subject)
        if not found:
            raise RuntimeError("no mail '%s' in %s" % (subject, folder))
        return found

    def pane(self):
        return Pane(self.m.run(PANE))

    def wait_pane(self, condition, deadline=60, meanwhile=None):
        """Poll the pane until condition(pane); raises with what it shows.

        meanwhile() is called at each look, such as to answer prompts.
        """
        end = time.monotonic() + deadline
        while True:
            if meanwhile:
                meanwhile()
            pane = self.pane()
            if condition(pane):
                return pane
            if time.monotonic() > end:
                pane["text"] = pane["text"][:300]
                raise RuntimeError("the pane shows %r, prompts: %r" % (
                    dict(pane), self.prompts(open_only=True)))
            time.sleep(0.1)

    def prompts(self, open_only=False):
        """Every prompt since the start; a PIN's has type promptPassword."""
        return [p for p in self.m.run(PROMPTS) if p["open"] or not open_only]

    def wait_prompt(self, deadline=60):
        """The open prompt, when there is one."""
        end = time.monotonic() + deadline
        while True:
            found = self.prompts(open_only=True)
            if found:
                return found[-1]
            if time.monotonic() > end:
                raise RuntimeError("no prompt appeared; the pane shows %r"
                                   % self.pane())
            time.sleep(0.1)

    def answer(self, prompt, password):
        """Type the password and press OK; None presses Cancel."""
        self.m.run(ANSWER, prompt["number"], password)

    def dismiss_all(self):
        """Cancel whatever is open, so that the next case can start."""
        gone = []
        end = time.monotonic() + 30
        while time.monotonic() < end:
            found = self.prompts(open_only=True)
            if not found:
                break
            for prompt in found:
                gone.append(prompt["text"])
                self.answer(prompt, None)
            time.sleep(0.3)
        return gone

    def tokens(self, label):
        found = self.m.run_async(TOKEN, label)
        if isinstance(found, str):
            raise RuntimeError("no list of tokens: " + found)
        return found

    def has_preference(self, name):
        """Whether this version knows it, whoever has set it."""
        return self.m.run("return Services.prefs.prefHasDefaultValue("
                          "arguments[0]);", name)

    def has_policy(self, name):
        return self.m.run("""
            const { Policies } = ChromeUtils.importESModule(
                "resource:///modules/policies/Policies.sys.mjs");
            return arguments[0] in Policies;""", name)

    def add_module(self, name, path):
        """As the Devices dialog and policies do; its error or nothing.

        Without a module database in use it answers an error, although the
        module is then loaded.
        """
        return self.m.run_async(ADD_MODULE, name, path)

    def logout(self, label):
        said = self.m.run_async(LOGOUT, label)
        if said:
            raise RuntimeError("no logout: " + said)
