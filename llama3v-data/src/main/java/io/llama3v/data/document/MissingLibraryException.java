package io.llama3v.data.document;

/** An optional library that a kind of document needs is not on the class path. */
public final class MissingLibraryException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private MissingLibraryException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Checks that a library is there.
   *
   * @param what     what needs it: "HTML"
   * @param artifact its Maven coordinates
   * @param profile  the profile of llama3v-train that adds it to the command's class path, or null where it is there already
   * @param type     name of a class of it
   * @throws MissingLibraryException if it is not
   */
  public static void require(String what, String artifact, String profile, String type) {
    try {
      Class.forName(type, false, MissingLibraryException.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError absent) {
      throw new MissingLibraryException(what + " needs the optional library " + artifact + ", which is not on the class path; add it as a"
          + " dependency of your project" + (profile == null ? "" : ", or for the command build with the Maven profile '" + profile
          + "' (LLAMA3V_DOCUMENTS=1)"), absent);
    }
  }
}
