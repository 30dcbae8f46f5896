package com.example;

import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** The command {@code camel}, which JBang starts otherwise. */
public final class Cli {

    private Cli() {
    }

    public static void main(String[] arguments) {
        CamelJBangMain.run(arguments);
    }
}
