// A vCenter (or an ESXi) on loopback, over plain HTTP: VMware's own simulator, from Debian's
// golang-github-vmware-govmomi-dev, which has it as a library only. What the library does otherwise than a real server,
// and a client can see, is put right in real.go; order.go judges requests by the vendor's schema.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator" // the content libraries of a vCenter, at /rest
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func main() {
	user := flag.String("username", "", "the only user")
	password := flag.String("password", "", "their password")
	esx := flag.Bool("esx", false, "an ESXi in place of a vCenter")
	network := flag.String("network", "127.0.0", "the first three numbers of the machines' addresses")
	flag.Parse()

	model := simulator.VPX()
	if *esx {
		model = simulator.ESX()
	} else {
		model.Datastore, model.Pool = 2, 1
	}
	model.Autostart = false
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	defer model.Remove()
	simulator.Map.AddHandler(newTools(*network))

	service := model.Service
	service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(*user, *password)}
	service.RegisterEndpoints = true
	service.HandleFunc("/there", there)
	server := service.NewServer()
	server.Config.Handler = &realistic{next: server.Config.Handler, user: *user, password: *password}
	fmt.Println(server.URL.Host)
	waitForEnd()
}

// thing is what there is, and whether a test has changed it.
type thing struct {
	Id      string
	What    string
	State   string
	Extra   map[string]string
	Address string
	Digest  string

	Notes      string
	Cpus       int32
	Memory     int32
	Disks      []int64
	Networks   []string
	Pool       string
	Datastores []string
}

// there tells of every machine, and of every file on a datastore.
func there(w http.ResponseWriter, _ *http.Request) {
	things := []thing{}
	for _, e := range simulator.Map.All("VirtualMachine") {
		vm := e.(*simulator.VirtualMachine)
		extra := map[string]string{}
		for _, option := range vm.Config.ExtraConfig {
			value := option.GetOptionValue()
			extra[value.Key] = fmt.Sprint(value.Value)
		}
		config, _ := json.Marshal([]interface{}{vm.Config.Hardware, vm.Config.Annotation, vm.Config.ExtraConfig, vm.Config.Template})
		known := thing{Id: vm.Self.Value, What: "machine " + vm.Name, State: string(vm.Runtime.PowerState), Extra: extra, Address: vm.Guest.IpAddress}
		known.Digest = fmt.Sprintf("%x", sha256.Sum256(config))
		known.Notes, known.Cpus, known.Memory = vm.Config.Annotation, vm.Config.Hardware.NumCPU, vm.Config.Hardware.MemoryMB
		known.Disks, known.Networks = devices(vm)
		known.Pool = nameOf(vm.ResourcePool)
		for _, store := range vm.Datastore {
			known.Datastores = append(known.Datastores, nameOf(&store))
		}
		things = append(things, known)
	}
	for _, e := range simulator.Map.All("Datastore") {
		store := e.(*simulator.Datastore)
		root := store.Info.GetDatastoreInfo().Url
		_ = filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
			if err == nil && !info.IsDir() {
				name := "[" + store.Name + "] " + strings.TrimPrefix(path, root+"/")
				things = append(things, thing{What: "file " + name})
			}
			return nil
		})
	}
	_ = json.NewEncoder(w).Encode(things)
}

// devices are the sizes of a machine's disks, in MiB, and the networks in which its cards are.
func devices(vm *simulator.VirtualMachine) (disks []int64, networks []string) {
	for _, device := range vm.Config.Hardware.Device {
		if disk, isDisk := device.(*types.VirtualDisk); isDisk {
			disks = append(disks, disk.CapacityInKB/1024)
		}
		switch backing := device.GetVirtualDevice().Backing.(type) {
		case *types.VirtualEthernetCardNetworkBackingInfo:
			networks = append(networks, backing.DeviceName)
		case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
			networks = append(networks, backing.Port.PortgroupKey)
		}
	}
	return disks, networks
}

func nameOf(ref *types.ManagedObjectReference) string {
	if ref == nil {
		return ""
	}
	if entity, isEntity := simulator.Map.Get(*ref).(mo.Entity); isEntity {
		return entity.Entity().Name
	}
	return ""
}

// waitForEnd returns when whoever started us has ended, or wants us to.
func waitForEnd() {
	buffer := make([]byte, 1)
	for {
		if _, err := os.Stdin.Read(buffer); err != nil {
			return
		}
	}
}
