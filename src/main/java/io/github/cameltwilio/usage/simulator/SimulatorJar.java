package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;

/**
 * Runs {@link SimulatorCommand} with nothing but the simulator's jar. The jar contains its libraries as jars: unpacked,
 * they would be a second copy on the class path of every test that uses the simulator. Java's own class loaders do not
 * read jars in a jar.
 */
final class SimulatorJar extends ClassLoader {

    private final Map<String, byte[]> files = new HashMap<>();

    private SimulatorJar(JarInputStream jar) throws IOException {
        super(ClassLoader.getPlatformClassLoader());
        read(jar);
    }

    public static void main(String[] arguments) throws Exception {
        try (InputStream file = SimulatorJar.class.getProtectionDomain().getCodeSource().getLocation().openStream();
                JarInputStream jar = new JarInputStream(file)) {
            new SimulatorJar(jar).loadClass(SimulatorCommand.class.getName()).getMethod("main", String[].class)
                    .invoke(null, (Object) arguments);
        }
    }

    private void read(JarInputStream jar) throws IOException {
        for (JarEntry entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
            if (entry.getName().endsWith(".jar")) {
                // Is not closed, because that would close the outer jar too.
                read(new JarInputStream(jar));
            } else {
                files.put(entry.getName(), jar.readAllBytes());
            }
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] code = files.get(name.replace('.', '/') + ".class");
        if (code == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, code, 0, code.length);
    }
}
