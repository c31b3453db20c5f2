package io.llama3v.train.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that Maven wrote into the jar; {@code development} where classes run unpacked. */
final class Version implements IVersionProvider {
  private static final String PROPERTIES = "/META-INF/maven/io.llama3v/llama3v-train/pom.properties";

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"llama3v " + number(), "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
        + System.getProperty("os.arch")};
  }

  /** The number alone. */
  static String number() throws IOException {
    try (InputStream in = Version.class.getResourceAsStream(PROPERTIES)) {
      if (in == null) return "development";
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "development");
    }
  }
}
