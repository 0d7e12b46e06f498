import java.io.FileInputStream;
import java.io.InputStream;
import java.security.KeyStore;
import java.util.Base64;

/**
 * Prints the private key of a PKCS #12 store and its certificates as PEM, which keytool does not do for keys.
 *
 * Arguments: store, password, alias.
 */
public final class ExportKey {
  public static void main(String[] args) throws Exception {
    char[] password = args[1].toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream file = new FileInputStream(args[0])) {
      store.load(file, password);
    }
    print("PRIVATE KEY", store.getKey(args[2], password).getEncoded());
    for (var certificate : store.getCertificateChain(args[2])) print("CERTIFICATE", certificate.getEncoded());
  }

  private static void print(String kind, byte[] content) {
    System.out.println("-----BEGIN " + kind + "-----");
    System.out.println(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
    System.out.println("-----END " + kind + "-----");
  }
}
