package dev.ostler.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Who is believed to be a server.
 *
 * @param anyName the name in the certificate does not matter
 */
record Trust(SSLSocketFactory sockets, boolean anyName) {
    /** Whose certificate was signed by one of those in a PEM file. */
    static Trust in(Path file) throws IOException {
        try (InputStream pem = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca" + count++, one);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            return new Trust(sockets(managers.getTrustManagers()), false);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot read certificates of \"" + file + "\": " + e.getMessage(), e);
        }
    }

    static Trust everybody() throws IOException {
        try {
            return new Trust(sockets(new TrustManager[] {new Everybody()}), true);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static SSLSocketFactory sockets(TrustManager[] managers) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        return context.getSocketFactory();
    }

    void applyTo(HttpsURLConnection connection) {
        connection.setSSLSocketFactory(sockets);
        if (anyName) {
            connection.setHostnameVerifier((host, session) -> true);
        }
    }

    /** The extended kind, as the JDK adds a check of names to the plain one. */
    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
