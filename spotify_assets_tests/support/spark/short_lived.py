"""A Java that runs for seconds: what it is told so that it does not prepare for hours."""

# It spends most of its time on compiling well what it will not run again, and on its garbage collector's many threads:
# without both, two tests of a local session take 24 s of processor time instead of 43 s.
SHORT_LIVED = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
