/*
 * Java's own PKCS#11 provider on a module that the test names: lists the key
 * store, signs, decrypts, unwraps, agrees. One line of output for each step:
 * "STEP ok ..." or "STEP failed: ...". It refuses nothing; the shell judges.
 *
 *	java Pkcs11 CONFIG PIN-FILE DIR STEP...
 *
 * DIR holds the files that the steps read: in, NAME.cipher, NAME.peer.der.
 */
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.SecretKey;

public class Pkcs11 {
	private static Provider p;
	private static KeyStore ks;
	private static Path dir;

	private static PrivateKey key(String alias) throws Exception {
		PrivateKey k = (PrivateKey) ks.getKey(alias, null);

		if (k == null)
			throw new Exception("no key " + alias);
		return k;
	}

	private static byte[] read(String name) throws Exception {
		return Files.readAllBytes(dir.resolve(name));
	}

	private static void write(String name, byte[] b) throws Exception {
		Files.write(dir.resolve(name), b);
	}

	private static String list() throws Exception {
		List<String> names = Collections.list(ks.aliases());

		Collections.sort(names);
		for (String a : names) {
			X509Certificate c = (X509Certificate) ks.getCertificate(a);

			System.out.println("alias " + a
			    + (ks.isKeyEntry(a) ? " key " : " certificate ")
			    + c.getPublicKey().getAlgorithm() + " "
			    + ks.getCertificateChain(a).length);
		}
		return names.size() + " entries";
	}

	/* sign:ALGORITHM:ALIAS, into DIR/sig. */
	private static String sign(String alg, String alias) throws Exception {
		Signature s = Signature.getInstance(alg, p);

		if (alg.equals("RSASSA-PSS"))
			s.setParameter(new PSSParameterSpec("SHA-256", "MGF1",
			    MGF1ParameterSpec.SHA256, 32, 1));
		s.initSign(key(alias));
		s.update(read("in"));
		write("sig", s.sign());
		return s.getProvider().getName();
	}

	private static Cipher decryptor(String alg, String alias)
	    throws Exception {
		Cipher c = Cipher.getInstance(alg, p);

		c.init(Cipher.DECRYPT_MODE, key(alias));
		return c;
	}

	/* decrypt:ALGORITHM:ALIAS:FILE, into DIR/out. */
	private static String decrypt(String alg, String alias, String file)
	    throws Exception {
		write("out", decryptor(alg, alias).doFinal(read(file)));
		return "";
	}

	/* unwrap:ALGORITHM:ALIAS:FILE, an AES key, into DIR/out. */
	private static String unwrap(String alg, String alias, String file)
	    throws Exception {
		Cipher c = Cipher.getInstance(alg, p);

		c.init(Cipher.UNWRAP_MODE, key(alias));
		write("out", c.unwrap(read(file), "AES", Cipher.SECRET_KEY)
		    .getEncoded());
		return "";
	}

	/* cancel:ALGORITHM:ALIAS:FILE: begun twice in vain, then done. */
	private static String cancel(String alg, String alias, String file)
	    throws Exception {
		Cipher c = decryptor(alg, alias);

		c.init(Cipher.DECRYPT_MODE, key(alias));
		c.update(read(file), 0, 16);
		c.init(Cipher.DECRYPT_MODE, key(alias));
		write("out", c.doFinal(read(file)));
		return "";
	}

	/* abandon:ALGORITHM:ALIAS: begun and never ended. */
	private static String abandon(String alg, String alias)
	    throws Exception {
		for (int i = 0; i < 20; i++)
			decryptor(alg, alias);
		for (int i = 0; i < 5; i++) {
			System.gc();
			decryptor(alg, alias);
		}
		return "";
	}

	/* again:ALGORITHM:ALIAS: a signature begun, begun again, done. */
	private static String again(String alg, String alias)
	    throws Exception {
		Signature s = Signature.getInstance(alg, p);

		s.initSign(key(alias));
		s.update(read("in"), 0, 10);
		s.initSign(key(alias));
		s.update(read("in"));
		write("sig", s.sign());
		return "";
	}

	/* agree:ALIAS: with DIR/peer.der, the secret into DIR/out. */
	private static String agree(String alias) throws Exception {
		PublicKey peer = KeyFactory.getInstance("EC").generatePublic(
		    new X509EncodedKeySpec(read("peer.der")));
		KeyAgreement a = KeyAgreement.getInstance("ECDH", p);
		SecretKey k;

		a.init(key(alias));
		a.doPhase(peer, true);
		k = a.generateSecret("TlsPremasterSecret");
		if (k.getEncoded() == null)
			return "the secret cannot be read";
		write("out", k.getEncoded());
		return "";
	}

	private static String step(String[] w) throws Exception {
		switch (w[0]) {
		case "list":
			return list();
		case "sign":
			return sign(w[1], w[2]);
		case "decrypt":
			return decrypt(w[1], w[2], w[3]);
		case "unwrap":
			return unwrap(w[1], w[2], w[3]);
		case "cancel":
			return cancel(w[1], w[2], w[3]);
		case "abandon":
			return abandon(w[1], w[2]);
		case "again":
			return again(w[1], w[2]);
		case "agree":
			return agree(w[1]);
		default:
			throw new Exception("no such step");
		}
	}

	public static void main(String[] args) throws Exception {
		List<String> steps = new ArrayList<>(List.of(args));
		char[] pin = Files.readString(Path.of(args[1])).trim()
		    .toCharArray();

		dir = Path.of(args[2]);
		p = Security.getProvider("SunPKCS11").configure(args[0]);
		ks = KeyStore.getInstance("PKCS11", p);
		ks.load(null, pin.length == 0 ? null : pin);
		for (String s : steps.subList(3, steps.size())) {
			try {
				System.out.println(s + " ok "
				    + step(s.split(":")));
			} catch (Exception e) {
				System.out.println(s + " failed: " + e
				    + " / " + e.getCause());
			}
		}
	}
}
