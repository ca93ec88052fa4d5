package children

import (
	"strconv"
	"strings"

	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kompositor/kompositor/sync"
)

// PodDisruptionBudgets say how many nodes a drain may evict at once; none unless disruptionBudget.create.
//
// Brokers and controllers have one each: brokers may be down as many as the budget says, controllers one at a time.
// Where nodes are both, there is one for all nodes, of the stricter number: the eviction API refuses a Pod that two
// budgets match.
func PodDisruptionBudgets(c *Cluster) []sync.Child {
	if !c.Parent.Spec.DisruptionBudget.Create {
		return nil
	}
	brokers, controllers, combined := c.census()
	name, selector := PodDisruptionBudgetName(c.Parent.Name), c.brokerSelector()
	if combined {
		all := len(c.Brokers)
		down := min(c.budget(brokers), max(1, (controllers-1)/2)) // a quorum of n outlives the loss of (n-1)/2
		return []sync.Child{c.podDisruptionBudget(name, ClusterLabels(c.Parent.Name), max(1, all-down))}
	}
	budgets := []sync.Child{c.podDisruptionBudget(name, selector, max(1, brokers-c.budget(brokers)))}
	if c.kraft() {
		selector := with(ClusterLabels(c.Parent.Name), IsControllerLabel, "true")
		budgets = append(budgets, c.podDisruptionBudget(ControllerPodDisruptionBudgetName(c.Parent.Name), selector,
			max(1, controllers-1)))
	}
	return budgets
}

// census counts the drawn nodes of each role and says whether any has both.
func (c *Cluster) census() (brokers, controllers int, combined bool) {
	for i := range c.Brokers {
		switch roleOf(&c.Brokers[i]) {
		case brokerRole:
			brokers++
		case controllerRole:
			controllers++
		default:
			brokers, controllers, combined = brokers+1, controllers+1, true
		}
	}
	return brokers, controllers, combined
}

// budget is how many of that many brokers may be down: a number, or a percentage rounded down. The pattern of the
// schema leaves only an empty text unreadable; that counts as 1.
func (c *Cluster) budget(brokers int) int {
	text := c.Parent.Spec.DisruptionBudget.Budget
	if percentage, ok := strings.CutSuffix(text, "%"); ok {
		if number, err := strconv.Atoi(percentage); err == nil {
			return brokers * number / 100
		}
	}
	if number, err := strconv.Atoi(text); err == nil {
		return number
	}
	return 1
}

func (c *Cluster) podDisruptionBudget(name string, selector map[string]string, minAvailable int) sync.Child {
	return child(policyv1.SchemeGroupVersion.String(), "PodDisruptionBudget", c.meta(name, c.underParents(selector), nil),
		&policyv1.PodDisruptionBudgetSpec{
			MinAvailable: new(intstr.FromInt(minAvailable)),
			Selector:     &metav1.LabelSelector{MatchLabels: selector},
		})
}
