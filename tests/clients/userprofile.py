"""Makes a Thunderbird profile for one mailbox.

A fresh NSS database with the test's authority trusted for mail and the
correspondent's certificate known, the module under test added by modutil
as an administrator would, one account without a server, and preferences
that keep Thunderbird silent: any connection that is not to loopback goes
to a proxy of the test's, which refuses and counts it.
"""

import json
import os
import subprocess

QUIET = {
    # All that Mozilla's own tests switch off: updates, telemetry, pings.
    "remote.prefs.recommended": True,
    "app.donation.eoy.version": 999,
    "app.update.enabled": False,
    "app.update.disabledForTesting": True,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "mail.inappnotifications.enabled": False,
    "mail.inappnotifications.url": "",
    "mail.instrumentation.postUrl": "",
    "mail.shell.checkDefaultClient": False,
    "mail.rights.version": 1,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "mail.winsearch.firstRunDone": True,
    "mail.provider.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.dns.disabled": True,
    "network.manage-offline-status": False,
    "network.proxy.type": 1,
    "network.proxy.no_proxies_on": "",
    "network.proxy.allow_hijacking_localhost": False,
    "network.trr.mode": 5,
    "security.OCSP.enabled": 0,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.unified": False,
    "calendar.timezone.useSystemTimezone": True,
    # The test's own needs.
    "marionette.port": 0,
    "mail.biff.show_alert": False,
    "mail.biff.play_sound": False,
    "mail.compose.attachment_reminder": False,
    "mail.openMessageBehavior.version": 1,
    "mail.spellcheck.inline": False,
    "mail.SpellCheckBeforeSend": False,
    "mail.startup.enabledMailCheckOnce": True,
    "mailnews.wraplength": 72,
    # The search index opens mails when it pleases; cases count openings.
    "mailnews.database.global.indexer.enabled": False,
    "mail.compose.warn_public_recipients.aggressive": False,
    "mail.pane_config.dynamic": 0,
    "ui.caretBlinkTime": 0,
    "ui.prefersReducedMotion": 1,
}

ACCOUNT = {
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server1",
    "mail.account.account1.identities": "id1",
    "mail.account.account1.server": "server1",
    "mail.server.server1.type": "none",
    "mail.server.server1.userName": "nobody",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
    "mail.identity.id1.fullName": "Alice",
    "mail.identity.id1.valid": True,
    "mail.identity.id1.compose_html": False,
    "mail.identity.id1.doFcc": True,
    "mail.identity.id1.fcc_folder": "mailbox://nobody@Local%20Folders/Sent",
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.smtpserver.smtp1.hostname": "127.0.0.1",
    "mail.smtpserver.smtp1.port": 9,
}

PROXIES = ("http", "ssl", "socks")


class Profile:
    def __init__(self, folder, address, proxy_port, prefs=()):
        self.folder = folder
        self.mail = os.path.join(folder, "Mail", "Local Folders")
        os.makedirs(self.mail)
        values = dict(QUIET, **ACCOUNT)
        values["mail.identity.id1.useremail"] = address
        for kind in PROXIES:
            values["network.proxy." + kind] = "127.0.0.1"
            values["network.proxy.%s_port" % kind] = proxy_port
        values.update(prefs)
        self.prefs(values)
        self.nss("certutil", "-N", "--empty-password")

    def prefs(self, values):
        """Add preferences; they are read when Thunderbird starts."""
        with open(os.path.join(self.folder, "user.js"), "a") as f:
            for name, value in values.items():
                f.write("user_pref(%s, %s);\n" % (json.dumps(name),
                                                 json.dumps(value)))

    def nss(self, tool, *args):
        """Run certutil or modutil on the profile's database."""
        place = "-dbdir" if tool == "modutil" else "-d"
        done = subprocess.run((tool,) + args + (place, "sql:" + self.folder),
                              capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise RuntimeError("%s %s: %s" % (
                tool, args[0], done.stderr.decode(errors="replace")))
        return done.stdout.decode(errors="replace")

    def trust(self, name, path):
        self.nss("certutil", "-A", "-n", name, "-t", "CT,C,C", "-i", path)

    def know(self, name, path):
        self.nss("certutil", "-A", "-n", name, "-t", ",,", "-i", path)

    def add_module(self, name, path):
        self.nss("modutil", "-force", "-add", name, "-libfile", path)

    def policies_file(self):
        """Where an administrator's policies.json is, for this profile alone.

        Thunderbird takes another path than its own folder's only in
        automation, which this preference with a frightening name declares.
        """
        path = os.path.join(self.folder, "policies.json")
        self.prefs({"browser.policies.alternatePath": path,
                    "security.turn_off_all_security_so_that_viruses_can_"
                    "take_over_this_computer": True})
        return path

    def folder_file(self, name):
        """The mbox file of a local folder."""
        return os.path.join(self.mail, name)
