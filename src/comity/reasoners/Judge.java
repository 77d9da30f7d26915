import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

import com.clarkparsia.owlapi.explanation.PelletExplanation;
import com.clarkparsia.pellet.owlapiv3.PelletReasoner;
import com.clarkparsia.pellet.owlapiv3.PelletReasonerFactory;
import org.mindswap.pellet.PelletOptions;
import org.semanticweb.HermiT.Reasoner;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.io.RDFOntologyFormat;
import org.semanticweb.owlapi.io.RDFParserMetaData;
import org.semanticweb.owlapi.io.RDFResource;
import org.semanticweb.owlapi.io.RDFTriple;
import org.semanticweb.owlapi.io.UnparsableOntologyException;
import org.semanticweb.owlapi.model.*;
import org.semanticweb.owlapi.profiles.*;
import org.semanticweb.owlapi.reasoner.OWLReasoner;
import org.semanticweb.owlapi.vocab.OWL2Datatype;
import org.semanticweb.owlapi.vocab.OWLRDFVocabulary;

/**
 * Puts ontologies to HermiT, Pellet and the OWL API's profile checkers, many in one Java process.
 *
 * Each line of standard input is a task: its name, an engine (hermit, pellet, dl, rl), the wishes beyond a verdict
 * (classes, same, why, or -), and an RDF/XML file, with tabs between. Each line of standard output is a finding: the
 * name of the task, a kind, and a text.
 */
public class Judge {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static String task;

    public static void main(String[] arguments) throws Exception {
        // What a library prints must not mix with the findings.
        System.setOut(System.err);
        // Else Pellet leaves out what it cannot read, and calls the rest consistent.
        PelletOptions.IGNORE_UNSUPPORTED_AXIOMS = false;
        BufferedReader tasks = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
            String[] fields = line.split("\t");
            task = fields[0];
            long start = System.nanoTime();
            try {
                judge(fields[1], Set.of(fields[2].split(",")), new File(fields[3]));
            } catch (UnparsableOntologyException error) {
                // Its message lists what each of seven parsers expected; the file is RDF/XML, and the first of them tells.
                found("refused", "no RDF/XML: " + error.getExceptions().values().iterator().next().getMessage());
            } catch (OutOfMemoryError error) {
                throw error;
            } catch (Exception | Error error) {
                // Each library has its own exceptions for what it cannot read; none of them is a verdict.
                found("refused", String.valueOf(error.getMessage() == null ? error : error.getMessage()));
            }
            found("seconds", String.valueOf((System.nanoTime() - start) / 1e9));
        }
    }

    private static void found(String kind, String text) {
        OUT.println(task + "\t" + kind + "\t" + text.replaceAll("\\s+", " ").trim());
    }

    private static void judge(String engine, Set<String> wishes, File file) throws OWLException {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        OWLOntology ontology = manager.loadOntologyFromOntologyDocument(file);
        found("axioms", String.valueOf(ontology.getLogicalAxiomCount()));
        Set<RDFTriple> leftover = leftover(manager.getOntologyFormat(ontology));
        if (engine.equals("dl") || engine.equals("rl")) {
            for (RDFTriple triple : leftover) {
                found("violation", "NotOWL: " + triple);
            }
            profile(engine, ontology);
            return;
        }
        if (!leftover.isEmpty()) {
            found("refused", "no axiom of OWL: " + leftover.iterator().next());
            return;
        }
        OWLReasoner reasoner = engine.equals("pellet")
            ? PelletReasonerFactory.getInstance().createNonBufferingReasoner(ontology)
            : new Reasoner(ontology);
        if (!reasoner.isConsistent()) {
            found("contradiction", "");
            if (engine.equals("pellet") && wishes.contains("why")) {
                explain(ontology);
            }
            return;
        }
        if (wishes.contains("classes")) {
            for (OWLClass unsatisfiable : reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()) {
                found("class", unsatisfiable.getIRI().toString());
            }
        }
        if (wishes.contains("same")) {
            for (OWLNamedIndividual individual : ontology.getIndividualsInSignature()) {
                for (OWLNamedIndividual other : reasoner.getSameIndividuals(individual).getEntities()) {
                    if (individual.compareTo(other) < 0) {
                        found("same", individual.getIRI() + " " + other.getIRI());
                    }
                }
            }
        }
        found("consistent", "");
    }

    /** The triples in words of RDF and OWL that the OWL API could make nothing of; it would pass over them in silence. */
    private static Set<RDFTriple> leftover(OWLOntologyFormat format) {
        Set<RDFTriple> leftover = new TreeSet<>(Comparator.comparing(RDFTriple::toString));
        for (RDFTriple triple : ((RDFParserMetaData) ((RDFOntologyFormat) format).getOntologyLoaderMetaData()).getUnparsedTriples()) {
            IRI predicate = triple.getPredicate().getResource();
            // It counts triples among them that it has read after all: annotations, and types by an anonymous class or axiom.
            boolean annotation = !predicate.isReservedVocabulary() || OWLRDFVocabulary.BUILT_IN_ANNOTATION_PROPERTY_IRIS.contains(predicate);
            boolean read = triple.getObject() instanceof RDFResource && isReadAsType(predicate, (RDFResource) triple.getObject());
            if (!annotation && !read) {
                leftover.add(triple);
            }
        }
        return leftover;
    }

    private static boolean isReadAsType(IRI predicate, RDFResource object) {
        return predicate.equals(OWLRDFVocabulary.RDF_TYPE.getIRI())
            && (object.isAnonymous() || object.getResource().equals(OWLRDFVocabulary.OWL_ALL_DIFFERENT.getIRI()));
    }

    /** One set of axioms that contradict each other, of the smallest. */
    private static void explain(OWLOntology ontology) {
        PelletExplanation.setup();
        PelletReasoner reasoner = PelletReasonerFactory.getInstance().createNonBufferingReasoner(ontology);
        try {
            for (OWLAxiom axiom : new TreeSet<>(new PelletExplanation(reasoner).getInconsistencyExplanation())) {
                found("axiom", axiom.toString());
                for (OWLEntity entity : axiom.getSignature()) {
                    found("entity", entity.getIRI().toString());
                }
            }
        } catch (RuntimeException error) {
            // The verdict stands without its reason: Pellet cannot trace every kind of clash.
            found("unexplained", String.valueOf(error));
        } finally {
            PelletOptions.USE_TRACING = false;
            reasoner.dispose();
        }
    }

    private static void profile(String name, OWLOntology ontology) {
        OWLProfile profile = name.equals("dl") ? new OWL2DLProfile() : new OWL2RLProfile();
        for (OWLProfileViolation violation : profile.checkOntology(ontology).getViolations()) {
            OWLAxiom axiom = violation.getAxiom();
            if (violation instanceof UseOfIllegalDataRange && (axiom == null || !axiom.isLogicalAxiom())) {
                continue;  // the datatype of an annotation, which has no meaning in OWL
            }
            found("violation", violation.getClass().getSimpleName() + ": " + (axiom == null ? violation : axiom));
        }
        if (name.equals("dl")) {
            for (OWLAxiom axiom : ontology.getLogicalAxioms()) {
                for (OWLDatatype datatype : axiom.getDatatypesInSignature()) {
                    // Structural Specification, section 5.2: a datatype of the reserved vocabulary is in the map or nowhere.
                    if (datatype.getIRI().isReservedVocabulary() && !OWL2Datatype.isBuiltIn(datatype.getIRI()) && !datatype.isTopDatatype()) {
                        found("violation", "DatatypeOutsideTheMap: " + axiom);
                    }
                }
            }
        }
        found("checked", "");
    }
}
