package dev.ostler.yaml;

import org.yaml.snakeyaml.scanner.Scanner;
import org.yaml.snakeyaml.tokens.Token;

/**
 * SnakeYAML's scanner, asked once for each token. Its parser asks of the next one several times what it is, and each time the
 * scanner goes through all that might turn out to be a key before it looks at the token, which does not change until it is taken.
 */
final class OneTokenScanner implements Scanner {
    private final Scanner scanner;
    private Token next;

    OneTokenScanner(Scanner scanner) {
        this.scanner = scanner;
    }

    @Override
    public boolean checkToken(Token.ID choice) {
        return peekToken().getTokenId() == choice;
    }

    @Override
    public boolean checkToken(Token.ID... choices) {
        Token.ID id = peekToken().getTokenId();
        for (Token.ID choice : choices) {
            if (choice == id) {
                return true;
            }
        }
        return choices.length == 0;
    }

    @Override
    public Token peekToken() {
        if (next == null) {
            next = scanner.peekToken();
        }
        return next;
    }

    @Override
    public Token getToken() {
        next = null;
        return scanner.getToken();
    }

    @Override
    public void resetDocumentIndex() {
        scanner.resetDocumentIndex();
    }
}
