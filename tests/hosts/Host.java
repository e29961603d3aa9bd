/*
 * Java's own PKCS#11 provider as a host: "java Host SCENE CONFIG PIN-FILE
 * DIR" plays a scene of README.md and exits with 0 if all went well. What is
 * decrypted and signed lies in DIR. It knows the keys by their certificates.
 */
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Cipher;

public class Host {
	private static final int RACERS = 8;
	private static final int TIMES = 4;

	private static String[] args;
	private static Path dir;

	private final Provider p;
	private final KeyStore ks;

	private Host(String config) throws Exception {
		String pin = Files.readString(Path.of(args[2])).trim();

		p = Security.getProvider("SunPKCS11").configure(config);
		ks = KeyStore.getInstance("PKCS11", p);
		ks.load(null, pin.isEmpty() ? null : pin.toCharArray());
	}

	private static byte[] read(String name) throws Exception {
		return Files.readAllBytes(dir.resolve(name));
	}

	private static void same(String name, byte[] got) throws Exception {
		if (!Arrays.equals(got, read(name)))
			throw new Exception("not what " + name + " holds");
	}

	private PrivateKey key(String file) throws Exception {
		try (var in = new FileInputStream(dir.resolve(file).toFile())) {
			Certificate c = CertificateFactory.getInstance("X.509")
			    .generateCertificate(in);

			return (PrivateKey) ks.getKey(
			    ks.getCertificateAlias(c), null);
		}
	}

	/* Decrypts and signs, checks both. */
	private void work() throws Exception {
		Cipher c = Cipher.getInstance("RSA/ECB/PKCS1Padding", p);
		Signature s = Signature.getInstance("SHA256withRSA", p);

		c.init(Cipher.DECRYPT_MODE, key("rsa.crt"));
		same("plain", c.doFinal(read("cipher")));
		s.initSign(key("signer.crt"));
		s.update(read("data"));
		same("sig", s.sign());
	}

	/* As many threads at once as race; the first failure is thrown. */
	private static void race(Callable<Void> what) throws Exception {
		CyclicBarrier start = new CyclicBarrier(RACERS);
		ExecutorService pool = Executors.newFixedThreadPool(RACERS);
		List<Future<Void>> all = new ArrayList<>();

		for (int i = 0; i < RACERS; i++)
			all.add(pool.submit(() -> {
				start.await();
				return what.call();
			}));
		for (Future<Void> f : all)
			f.get();
		pool.shutdown();
	}

	/* Each makes a provider of its own, and all use a common one. */
	private static void providers() throws Exception {
		race(() -> {
			Host own = new Host(args[1]);

			for (int i = 0; i < TIMES; i++)
				own.work();
			return null;
		});
	}

	private static void operations() throws Exception {
		Host one = new Host(args[1]);

		race(() -> {
			for (int i = 0; i < TIMES; i++)
				one.work();
			return null;
		});
	}

	/*
	 * CONFIG.link names the same library by another path: Java takes it
	 * for another one and calls C_Initialize a second time.
	 */
	private static void twice() throws Exception {
		Host a = new Host(args[1]), b = new Host(args[1] + ".link");

		for (int i = 0; i < TIMES; i++) {
			a.work();
			b.work();
		}
	}

	/* A child, by fork and exec, plays "exit"; work goes on meanwhile. */
	private static void child() throws Exception {
		Host h = new Host(args[1]);
		Process child;

		h.work();
		child = new ProcessBuilder(System.getProperty("java.home")
		    + "/bin/java", "-cp", System.getProperty("java.class.path"),
		    "Host", "exit", args[1], args[2], args[3]).inheritIO()
		    .start();
		do {
			h.work();
		} while (child.isAlive());
		if (child.waitFor() != 0)
			throw new Exception("child: " + child.exitValue());
		h.work();
	}

	public static void main(String[] argv) throws Exception {
		args = argv;
		dir = Path.of(args[3]);
		switch (args[0]) {
		case "exit":
			new Host(args[1]).work();
			break;
		case "providers":
			providers();
			break;
		case "operations":
			operations();
			break;
		case "twice":
			twice();
			break;
		case "child":
			child();
			break;
		default:
			throw new Exception("no scene " + args[0]);
		}
		/* Nothing is closed; SunPKCS11 has no way to. */
		System.exit(0);
	}
}
