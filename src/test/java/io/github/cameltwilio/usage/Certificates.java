package io.github.cameltwilio.usage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;

/**
 * Valid and invalid server certificates, created with the JDK's keytool. They are signed by an authority that only
 * {@link #trusted} makes a client trust.
 */
final class Certificates {
    private static final String PASSWORD = "changeit";
    private static final String LOCALHOST = "san=dns:localhost,ip:127.0.0.1";

    private final Path directory;
    private final Path all;

    private Certificates(Path directory) {
        this.directory = directory;
        this.all = directory.resolve("all.p12");
    }

    static Certificates in(Path directory) {
        Certificates certificates = new Certificates(directory);
        certificates.keytool("authority", "-ext", "bc:c");
        certificates.keytool("good", "-signer", "authority", "-ext", LOCALHOST);
        certificates.keytool("expired", "-signer", "authority", "-ext", LOCALHOST, "-startdate", "-10d", "-validity",
                "5");
        certificates.keytool("wrong-host", "-signer", "authority", "-ext", "san=dns:other.example.com");
        certificates.keytool("self-signed", "-ext", LOCALHOST);
        return certificates;
    }

    /** The TLS context of a server with this certificate. */
    SSLContext server(String name) {
        try {
            KeyStore all = KeyStore.getInstance(this.all.toFile(), PASSWORD.toCharArray());
            KeyStore store = empty();
            store.setKeyEntry(name, all.getKey(name, PASSWORD.toCharArray()), PASSWORD.toCharArray(),
                    all.getCertificateChain(name));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The TLS parameters of a client that trusts this authority and no other. */
    SSLContextParameters trusted() {
        KeyStoreParameters store = new KeyStoreParameters();
        store.setResource("file:" + trustStore());
        store.setPassword(PASSWORD);
        TrustManagersParameters trusted = new TrustManagersParameters();
        trusted.setKeyStore(store);
        SSLContextParameters parameters = new SSLContextParameters();
        parameters.setTrustManagers(trusted);
        return parameters;
    }

    private Path trustStore() {
        try {
            KeyStore trusted = empty();
            trusted.setCertificateEntry("authority",
                    KeyStore.getInstance(all.toFile(), PASSWORD.toCharArray()).getCertificate("authority"));
            Path file = directory.resolve("trusted.p12");
            try (var out = Files.newOutputStream(file)) {
                trusted.store(out, PASSWORD.toCharArray());
            }
            return file;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        return empty;
    }

    private void keytool(String name, String... more) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair", "-keystore", all.toString(), "-storepass", PASSWORD, "-alias", name, "-dname",
                        "CN=" + name,
                        "-keyalg", "EC"));
        command.addAll(List.of(more));
        try {
            Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(keytool.getInputStream().readAllBytes());
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
